import { expect, it } from 'vitest';
import { g711Track, opusTrack } from '#media/audio-track.ts';
import { toALaw } from '#media/g711.ts';
import { meanSquareDb, meanSquareOf } from '#media/sound-level.ts';
import { decodeSpan } from './decode-span.ts';

const fromMs = 1_800_000_000_000;
/** 20 ms of a tone of A-law. */
const frame = (n: number) => ({
  atMs: fromMs + n * 20,
  data: Uint8Array.from({ length: 160 }, (_, i) =>
    toALaw(16_384 * Math.sin((2 * Math.PI * 1_000 * (n * 160 + i)) / 8_000)),
  ),
});
const levelOf = (samples: Float32Array): number => meanSquareDb(meanSquareOf(samples), -96);

it('lays recorded sound out in its span, silent where there is none', async () => {
  // Half a second from 0.5 s on, and what lies outside of the span.
  const frames = [-60, -59, ...Array.from({ length: 25 }, (_, i) => 25 + i), 200].map(frame);
  const samples = await decodeSpan(
    { decoders: null },
    { track: g711Track('pcma'), frames, fromMs, toMs: fromMs + 2_000 },
  );
  expect(samples.length).toBe(32_000);
  expect(levelOf(samples.subarray(0, 7_900))).toBe(-96);
  expect(levelOf(samples.subarray(8_200, 15_800))).toBeCloseTo(-6, 0);
  expect(levelOf(samples.subarray(16_400))).toBe(-96);
});

it('says that ffmpeg is missing where it is needed', async () => {
  const ask = { track: opusTrack(1), frames: [frame(0)], fromMs, toMs: fromMs + 100 };
  await expect(decodeSpan({ decoders: null }, ask)).rejects.toThrow('ffmpeg');
});
