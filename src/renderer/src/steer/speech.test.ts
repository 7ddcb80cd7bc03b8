import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { muLawOf } from './mu-law.ts';
import { createResampler, talkRate } from './resample.ts';

const tone = (hz: number, rate: number, seconds: number): Float32Array =>
  Float32Array.from({ length: rate * seconds }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rate));
const loud = (samples: Float32Array): number => Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length);
/** As a microphone hands it over. */
function resampled(samples: Float32Array, rate: number): Float32Array {
  const resampler = createResampler(rate);
  const out: number[] = [];
  for (let at = 0; at < samples.length; at += 128) out.push(...resampler.push(samples.slice(at, at + 128)));
  return Float32Array.from(out);
}

/** −1 … 1 of a byte, as who hears it decodes it (ITU-T G.711, table 2). */
function linearOf(byte: number): number {
  const b = ~byte & 0xff;
  const size = ((((b & 0x0f) << 3) + 0x84) << ((b >> 4) & 7)) - 0x84;
  return (b & 0x80 ? -size : size) / 32_768;
}

describe('µ-law', () => {
  it('has silence, both ends and the sign as G.711 says', () => {
    expect([0, 1, -1].map(muLawOf)).toEqual([0xff, 0x80, 0x00]);
  });
  it('comes back within a step of its segment', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (sample) => {
        const back = linearOf(muLawOf(sample));
        expect(Math.abs(back - sample)).toBeLessThanOrEqual(Math.max(0.0005, Math.abs(sample) * 0.04));
      }),
    );
    for (let byte = 0; byte < 256; byte++) if (byte !== 0x7f) expect(muLawOf(linearOf(byte))).toBe(byte); // 0x7f is the other zero
  });
});

describe('resampling', () => {
  for (const rate of [16_000, 44_100, 48_000, 96_000]) {
    it(`keeps speech and drops what would fold back, from ${String(rate)} Hz`, () => {
      const speech = resampled(tone(1000, rate, 1), rate);
      expect(Math.abs(speech.length - talkRate)).toBeLessThan(40);
      expect(loud(speech.slice(800, 7200))).toBeCloseTo(loud(tone(1000, rate, 1)), 2);
      expect(loud(resampled(tone(6000, rate, 1), rate).slice(800, 7200))).toBeLessThan(0.001);
    });
  }
  it('does not care how the sound is cut', () => {
    const sound = tone(700, 48_000, 0.2);
    const whole = createResampler(48_000).push(sound);
    expect(resampled(sound, 48_000)).toEqual(whole);
  });
});
