/** Frames of one stream to sound of 16 kHz: G.711 here, AAC and Opus by a child that is started again when it ends. */
import { createBackoff } from '#lib/backoff.ts';
import type { Clock } from '#lib/clock.ts';
import type { AudioTrack } from '#media/format.ts';
import { fromALaw, fromMuLaw } from '#media/g711.ts';
import { createResampler } from '#media/resample.ts';
import type { SoundDecoder, SoundDecoders } from '../../main/adapters/ffmpeg/index.ts';

/** Hz of what comes out. */
export const soundRate = 16_000;
/** A child that ends so often in a row cannot decode the stream. */
const endsToSay = 3;

export type DecoderEars = {
  sound(atMs: number, samples: Float32Array): void;
  trouble(trouble: 'no-ffmpeg' | 'undecodable' | 'busy' | null, message: string): void;
};
export type FrameDecoder = {
  /** false: left out. */
  push(atMs: number, frame: Uint8Array): boolean;
  stop(): void;
};

const table = (of: (byte: number) => number): Float32Array =>
  Float32Array.from({ length: 256 }, (_, byte) => of(byte) / 32_768);
const laws = { pcmu: table(fromMuLaw), pcma: table(fromALaw) };

/** The levels of its bytes, −1 … 1; null: it is no G.711. */
export const lawOf = ({ codec }: AudioTrack): Float32Array | null =>
  codec === 'pcmu' || codec === 'pcma' ? laws[codec] : null;

export function openG711(
  track: AudioTrack,
  law: Float32Array,
  sound: (atMs: number, samples: Float32Array) => void,
): FrameDecoder {
  const { channels } = track;
  const resample = createResampler(track.sampleRate, soundRate);
  return {
    push(atMs, frame) {
      const samples = new Float32Array(Math.floor(frame.length / channels));
      for (let i = 0; i < samples.length; i += 1) {
        let sum = 0;
        for (let c = 0; c < channels; c += 1) sum += law[frame[i * channels + c] ?? 0] ?? 0;
        samples[i] = sum / channels;
      }
      sound(atMs, resample(samples));
      return true;
    },
    stop() {},
  };
}

export function openDecoder(deps: {
  clock: Clock;
  track: AudioTrack;
  /** null: there is no ffmpeg. */
  decoders: SoundDecoders | null;
  on: DecoderEars;
}): FrameDecoder {
  const { clock, track, decoders, on } = deps;
  const law = lawOf(track);
  if (law !== null) return openG711(track, law, on.sound);
  const none: FrameDecoder = { push: () => false, stop() {} };
  if (decoders === null) {
    on.trouble('no-ffmpeg', `${track.codec} is decoded by ffmpeg`);
    return none;
  }
  const backoff = createBackoff({ firstMs: 1_000, maxMs: 60_000 });
  let child: SoundDecoder | null = null;
  let ends = 0;
  let againMono = 0;
  const ended = (why: string): void => {
    child = null;
    ends += 1;
    againMono = clock.monoMs() + backoff.next();
    if (ends === endsToSay) on.trouble('undecodable', why);
  };
  const open = (): SoundDecoder | null => {
    try {
      const made = decoders.open(track, {
        sound(atMs, samples) {
          if (ends >= endsToSay) on.trouble(null, '');
          ends = 0;
          backoff.reset();
          on.sound(atMs, samples);
        },
        end: ended,
      });
      if (made === null) {
        againMono = clock.monoMs() + backoff.next();
        on.trouble('busy', 'the sound of too many streams is decoded already');
      }
      return made;
    } catch (error) {
      ends = endsToSay - 1;
      ended(error instanceof Error ? error.message : String(error));
      return null;
    }
  };
  return {
    push(atMs, frame) {
      if (child === null && clock.monoMs() >= againMono) child = open();
      return child?.push(atMs, frame) ?? false;
    },
    stop() {
      child?.stop();
      child = null;
      againMono = Number.POSITIVE_INFINITY;
    },
  };
}
