import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayMs } from '../time.ts';
import { rotateBackups, usualRotation } from './rotate-backups.ts';

const now = Date.UTC(2026, 10, 28, 3);

describe('which backups are kept', () => {
  it('of one a day, the last seven days and one for each of four weeks', () => {
    const made = Array.from({ length: 60 }, (_, n) => now - n * dayMs);
    const gone = new Set(rotateBackups(made, now));
    const kept = made.filter((at) => !gone.has(at)).map((at) => (now - at) / dayMs);
    expect(kept).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 14, 21]);
  });

  it('never loses the newest, nor all of a day or a week that counts, and keeps few', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: -2 * dayMs, max: 90 * dayMs }), { minLength: 1 }), (ages) => {
        const made = ages.map((age) => now - age);
        const gone = new Set(rotateBackups(made, now));
        const kept = made.filter((at) => !gone.has(at));
        expect(kept).toContain(Math.max(...made));
        const has = (list: number[], fromAge: number, toAge: number): boolean =>
          list.some((at) => now - at >= fromAge && now - at < toAge);
        for (let d = 0; d < usualRotation.days; d += 1)
          expect(has(kept, d * dayMs, (d + 1) * dayMs)).toBe(has(made, d * dayMs, (d + 1) * dayMs));
        for (let w = 0; w < usualRotation.weeks; w += 1)
          expect(has(kept, w * 7 * dayMs, (w + 1) * 7 * dayMs)).toBe(has(made, w * 7 * dayMs, (w + 1) * 7 * dayMs));
        const past = kept.filter((at) => at <= now);
        expect(past.length).toBeLessThanOrEqual(usualRotation.days + usualRotation.weeks + 1);
      }),
    );
  });

  it('does the same again without a change', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 90 * dayMs })), (ages) => {
        const made = ages.map((age) => now - age);
        const gone = new Set(rotateBackups(made, now));
        expect(
          rotateBackups(
            made.filter((at) => !gone.has(at)),
            now,
          ),
        ).toEqual([]);
      }),
    );
  });
});
