/** Plays decoded sound as it comes, about 0.1 s behind; what is late is dropped, what is early waits at most 0.4 s. */
const leadS = 0.1;
const mostAheadS = 0.4;

export function createSpeaker() {
  let context: AudioContext | null = null;
  let nextS = 0;
  return {
    play(rate: number, channels: Float32Array<ArrayBuffer>[]): void {
      context ??= new AudioContext({ latencyHint: 'interactive' });
      const first = channels[0];
      if (!first || first.length === 0) return;
      if (context.state === 'suspended') void context.resume();
      const now = context.currentTime;
      if (nextS < now) nextS = now + leadS;
      if (nextS - now > mostAheadS) return;
      const buffer = context.createBuffer(channels.length, first.length, rate);
      channels.forEach((samples, i) => {
        buffer.copyToChannel(samples, i);
      });
      const source = context.createBufferSource();
      source.buffer = buffer;
      source.connect(context.destination);
      source.start(nextS);
      nextS += buffer.duration;
    },
    end(): void {
      void context?.close();
      context = null;
    },
  };
}
