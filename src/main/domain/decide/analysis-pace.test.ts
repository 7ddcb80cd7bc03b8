import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullPace, leastShare, lowerEvery, raiseAfter, setPace, type Pace } from './analysis-pace.ts';

const after = (drops: readonly number[], from: Pace = fullPace): Pace => drops.reduce(setPace, from);
const seconds = (n: number, dropped: number): number[] => Array.from({ length: n }, () => dropped);

describe('how much of a camera’s pictures are looked at', () => {
  it('stays between the least share and all', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 300 }), (drops) => {
        const { share } = after(drops);
        expect(share).toBeGreaterThanOrEqual(leastShare);
        expect(share).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is less at the first drop, and comes back to all when nothing is dropped any more', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 100 }), (drops) => {
        const before = after(drops);
        if (before.share === 1) expect(setPace(before, 1).share).toBe(0.5);
        expect(after(seconds(raiseAfter * 10 + 1, 0), before).share).toBe(1);
        expect(after(seconds(200, 0), fullPace)).toMatchObject({ share: 1 });
      }),
    );
  });

  it('gives a lower share time to work', () => {
    expect(after(seconds(lowerEvery, 1)).share).toBe(0.5);
    expect(after(seconds(lowerEvery + 2, 1)).share).toBe(0.25);
  });

  it('settles about what the PC manages', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.15, max: 0.95, noNaN: true }), (managed) => {
        let pace = fullPace;
        let sum = 0;
        for (let s = 0; s < 2_000; s += 1) {
          pace = setPace(pace, pace.share > managed ? 1 : 0);
          if (s >= 1_000) sum += pace.share;
        }
        // Between half of it and a step more.
        expect(sum / 1_000).toBeGreaterThan(managed * 0.5);
        expect(sum / 1_000).toBeLessThan(managed + 0.1);
      }),
    );
  });
});
