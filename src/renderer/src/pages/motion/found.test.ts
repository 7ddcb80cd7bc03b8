import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaFrom, areaText, barOf, ordered } from './found.ts';

const part = fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000);

describe('what was found', () => {
  it('has its area in the address and finds it again', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ x: part, y: part }), { minLength: 3, maxLength: 32 }), (points) => {
        expect(areaFrom(areaText(points))).toEqual(points);
      }),
    );
    for (const bad of [null, '', '1.2', '1.2_3.4', 'a.b_c.d_e.f', '1.2_3.4_5.2000', '1_2_3'])
      expect(areaFrom(bad)).toBeNull();
  });

  it('lies within the strip, and is wide enough to be seen', () => {
    const ms = fc.integer({ min: -1000, max: 100_000 });
    fc.assert(
      fc.property(ms, ms, fc.double({ min: 0.001, max: 0.2, noNaN: true }), (fromMs, length, least) => {
        const bar = barOf({ fromMs: 0, toMs: 50_000 }, fromMs, fromMs + Math.abs(length), least);
        expect(bar.width).toBeGreaterThanOrEqual(least);
        expect(bar.left).toBeGreaterThanOrEqual(0);
        expect(bar.left + bar.width).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  it('is told newest first, or by how much moved', () => {
    const hit = (fromMs: number, p: number) => ({ fromMs, toMs: fromMs + 1, bestMs: fromMs, part: p });
    const hits = [hit(1, 0.5), hit(2, 0.9), hit(3, 0.1)];
    expect(ordered(hits, 'time').map((h) => h.fromMs)).toEqual([3, 2, 1]);
    expect(ordered(hits, 'most').map((h) => h.fromMs)).toEqual([2, 1, 3]);
    expect(hits.map((h) => h.fromMs)).toEqual([1, 2, 3]);
  });
});
