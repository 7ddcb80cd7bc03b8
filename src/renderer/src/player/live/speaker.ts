/** Plays decoded sound as it comes, about 0.1 s behind the picture at most, at the stream's own rate: the system converts it once, without seams. */
import speakerThread from './speaker-thread.ts?worker&url';

type Out = { rate: number; context: AudioContext; node: AudioWorkletNode | null };

export function createSpeaker() {
  let out: Out | null = null;

  function open(rate: number): Out {
    const context = new AudioContext({ latencyHint: 'interactive', sampleRate: rate });
    const made: Out = { rate, context, node: null };
    context.audioWorklet.addModule(speakerThread).then(
      () => {
        if (out !== made) return;
        made.node = new AudioWorkletNode(context, 'vigie-speaker', { numberOfInputs: 0, outputChannelCount: [2] });
        made.node.connect(context.destination);
      },
      () => undefined, // the page is going, or the station is away: the next speaker asks again
    );
    return made;
  }
  function end(): void {
    void out?.context.close();
    out = null;
  }

  return {
    /** What comes before the audio thread runs is not kept: it would be late. */
    play(rate: number, channels: Float32Array<ArrayBuffer>[]): void {
      if (out?.rate !== rate) {
        end();
        out = open(rate);
      }
      if (out.context.state === 'suspended') void out.context.resume();
      if (out.context.state === 'running')
        out.node?.port.postMessage(
          channels,
          channels.map((c) => c.buffer),
        );
    },
    end,
  };
}
