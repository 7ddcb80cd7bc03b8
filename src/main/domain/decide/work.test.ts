import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutSpeech } from './cut-speech.ts';
import { mostTries, retryAt } from './work-retry.ts';

describe('work that failed', () => {
  it('is tried again later each time, and not for ever', () => {
    const waits = Array.from({ length: mostTries - 1 }, (_, i) => retryAt(i + 1, 1_000)! - 1_000);
    expect(waits[0]).toBe(60_000);
    for (const [i, ms] of waits.entries()) expect(ms).toBeGreaterThan(waits[i - 1] ?? 0);
    expect(Math.max(...waits)).toBeLessThanOrEqual(6 * 3_600_000);
    expect(retryAt(mostTries, 1_000)).toBeNull();
  });
});

describe('parts of sound', () => {
  it('are whole, in order, and none too long', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 30, max: 400 }), (length, most) => {
        const samples = Float32Array.from({ length }, (_, i) => Math.sin(i * i));
        const parts = cutSpeech(samples, most, 10);
        let at = 0;
        for (const { from, to } of parts) {
          expect(from).toBe(at);
          expect(to).toBeGreaterThan(from);
          expect(to - from).toBeLessThanOrEqual(most);
          at = to;
        }
        expect(at).toBe(length);
      }),
    );
  });
  it('end in pauses', () => {
    const samples = Float32Array.from({ length: 2_500 }, (_, i) => (i > 840 && i < 900 ? 0 : 1));
    expect(cutSpeech(samples, 1_000, 20)[0]!.to).toBeGreaterThan(840);
    expect(cutSpeech(samples, 1_000, 20)[0]!.to).toBeLessThan(900);
  });
});
