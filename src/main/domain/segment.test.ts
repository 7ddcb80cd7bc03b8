import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstSegmentMs, segmentTargetMs } from './segment.ts';

it('first segments of streams that begin at once end at moments that are spread evenly, however the streams are numbered', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 4 }), fc.nat(2000), (from, by, n) => {
      const ends = Array.from({ length: n }, (_, i) => firstSegmentMs(from + i * by));
      for (const end of ends) {
        expect(end).toBeGreaterThanOrEqual(segmentTargetMs / 4);
        expect(end).toBeLessThanOrEqual(segmentTargetMs);
      }
      const inSecond = Map.groupBy(ends, (end) => Math.floor(end / 1000));
      for (const those of inSecond.values()) expect(those.length).toBeLessThanOrEqual((2 * n) / 45 + 3);
    }),
  );
});
