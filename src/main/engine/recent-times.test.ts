import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRecentTimes } from './recent-times.ts';

it('gives the percentiles of the last minute, of the newest as far as there is room', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.double({ min: 0, max: 1e4, noNaN: true })), {
        maxLength: 120,
      }),
      fc.integer({ min: 1, max: 60 }),
      (steps, room) => {
        const times = createRecentTimes(room);
        const all: [number, number][] = [];
        let nowMs = 0;
        for (const [pause, ms] of steps) {
          nowMs += pause;
          times.add(nowMs, ms);
          all.push([nowMs, ms]);
        }
        const kept = all
          .slice(-room)
          .filter(([at]) => at > nowMs - 60_000)
          .map(([, ms]) => ms)
          .sort((a, b) => a - b);
        expect(times.count(nowMs)).toBe(kept.length);
        const told = times.percentiles(nowMs);
        if (kept.length === 0) expect(told).toBeNull();
        else
          for (const [name, p] of [
            ['p50', 0.5],
            ['p95', 0.95],
            ['p99', 0.99],
          ] as const) {
            const value = told?.[name] ?? Number.NaN;
            // The least value that so many are not above.
            expect(kept).toContain(value);
            expect(kept.filter((ms) => ms <= value).length).toBeGreaterThanOrEqual(p * kept.length - 1e-9);
            expect(kept.filter((ms) => ms < value).length).toBeLessThan(p * kept.length);
          }
        expect(times.percentiles(nowMs + 60_000)).toBeNull();
      },
    ),
  );
});
