/** Decodes the sound of one watched stream, in the worker; the page plays it. */
import type { LiveFormat, LiveFrame } from '#contract/live-frame.ts';

type AudioFormat = NonNullable<LiveFormat['audio']>;
export type Sound = { rate: number; channels: Float32Array<ArrayBuffer>[]; ptsUs: number };

export function createSoundLane(on: (sound: Sound) => void) {
  let decoder: AudioDecoder | null = null;

  function close(): void {
    if (decoder && decoder.state !== 'closed') decoder.close();
    decoder = null;
  }

  function out(data: AudioData): void {
    const channels: Float32Array<ArrayBuffer>[] = [];
    for (let i = 0; i < Math.min(2, data.numberOfChannels); i++) {
      const samples = new Float32Array(data.numberOfFrames);
      data.copyTo(samples, { planeIndex: i, format: 'f32-planar' });
      channels.push(samples);
    }
    on({ rate: data.sampleRate, channels, ptsUs: data.timestamp });
    data.close();
  }

  return {
    format(format: AudioFormat | null): void {
      close();
      if (!format || typeof AudioDecoder === 'undefined') return;
      decoder = new AudioDecoder({ output: out, error: close });
      const description = Uint8Array.from(atob(format.config), (c) => c.charCodeAt(0));
      try {
        decoder.configure({
          codec: format.codecString,
          sampleRate: format.sampleRate,
          numberOfChannels: format.channels,
          ...(description.length > 0 && format.codec === 'aac' ? { description } : {}),
        });
      } catch {
        close(); // a codec this browser has no decoder for: pictures go on without sound
      }
    },
    unit(unit: LiveFrame): void {
      if (!decoder || decoder.state !== 'configured' || unit.cached) return;
      decoder.decode(new EncodedAudioChunk({ type: 'key', timestamp: unit.ptsUs, data: unit.payload }));
    },
    end: close,
  };
}
