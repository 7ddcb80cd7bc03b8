import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAWeighting } from './a-weighting.ts';
import { createResampler } from './resample.ts';
import { meanSquareDb, meanSquareOf, peakDbOf, peakOf } from './sound-level.ts';

const sine = (hz: number, rate: number, seconds: number, size = 1): Float32Array =>
  Float32Array.from({ length: Math.round(rate * seconds) }, (_, i) => size * Math.sin((2 * Math.PI * hz * i) / rate));
const levelOf = (samples: Float32Array): number => meanSquareDb(meanSquareOf(samples), -96);

describe('levels', () => {
  it('are 0 for a sine of full scale, 6 dB less for half of it, 3 more for a square, and the floor for nothing', () => {
    expect(levelOf(sine(1_000, 16_000, 1))).toBeCloseTo(0, 2);
    expect(levelOf(sine(440, 16_000, 1, 0.5))).toBeCloseTo(-6.02, 1);
    expect(levelOf(sine(440, 16_000, 1).map(Math.sign))).toBeCloseTo(3.01, 1);
    expect([levelOf(new Float32Array(1_600)), levelOf(new Float32Array(0))]).toEqual([-96, -96]);
    expect(peakDbOf(peakOf(Float32Array.of(0.1, -0.5, 0.2)), -96)).toBeCloseTo(-6.02, 2);
    expect(peakDbOf(0, -96)).toBe(-96);
  });
});

describe('A-weighting', () => {
  // IEC 61672-1, table 3, exact values.
  const curve: [number, number][] = [
    [63, -26.2],
    [125, -16.2],
    [250, -8.7],
    [500, -3.2],
    [1_000, 0],
    [2_000, 1.2],
    [4_000, 1],
  ];
  it.each(curve)('is at %i Hz what the standard says', (hz, db) => {
    const heard = createAWeighting(16_000)(sine(hz, 16_000, 2, 0.5)).subarray(16_000);
    expect(Math.abs(levelOf(heard) - (-6.02 + db))).toBeLessThan(0.65);
  });
});

describe('another sample rate', () => {
  it.each([
    [8_000, 1_000],
    [8_000, 3_200],
    [48_000, 1_000],
    [44_100, 5_000],
    [11_025, 700],
  ])('keeps what both can have: %i Hz with a tone of %i Hz', (from, hz) => {
    const out = createResampler(from, 16_000)(sine(hz, from, 1, 0.5));
    expect(Math.abs(out.length - 16_000)).toBeLessThan(80);
    const want = sine(hz, 16_000, 1, 0.5);
    let worst = 0;
    for (let i = 400; i < out.length - 400; i += 1) worst = Math.max(worst, Math.abs((out[i] ?? 0) - (want[i] ?? 0)));
    expect(worst).toBeLessThan(0.01);
  });

  it('lets nothing through that the lower rate cannot have', () => {
    const out = createResampler(48_000, 16_000)(sine(11_000, 48_000, 1));
    expect(levelOf(out.subarray(400, -400))).toBeLessThan(-50);
  });

  it('is the same in pieces as whole', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(8_000, 44_100, 48_000, 22_050),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }),
        (from, cuts) => {
          const sound = sine(500, from, cuts.reduce((a, b) => a + b, 0) / from, 0.7);
          const whole = createResampler(from, 16_000)(sound);
          const piecewise = createResampler(from, 16_000);
          let at = 0;
          const got = cuts.flatMap((n) => [...piecewise(sound.subarray(at, (at += n)))]);
          expect(got.length).toBe(whole.length);
          expect(Math.max(0, ...got.map((v, i) => Math.abs(v - (whole[i] ?? 0))))).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('refuses rates that sound does not have', () => {
    expect(() => createResampler(0, 16_000)).toThrow(RangeError);
    expect(() => createResampler(8_000.5, 16_000)).toThrow(RangeError);
  });
});
