import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dayMs } from '../time.ts';
import { foretell, type Foretold } from './forecast-watch.ts';

const nowMs = 20_000 * dayMs;
const at = (days: number | null): { nowMs: number; shortAtMs: number | null } => ({
  nowMs,
  shortAtMs: days === null ? null : nowMs + days * dayMs,
});

it('speaks a week ahead, and once more a day ahead', () => {
  const told: Foretold[] = [];
  let was: Foretold = 'nothing';
  for (let days = 12; days >= -1; days -= 0.25) {
    const now = foretell(was, at(days));
    if (now !== was) told.push(now);
    was = now;
  }
  expect(told).toEqual(['week', 'day']);
});

it('takes nothing back for a rate that goes up and down, and all of it when it is never', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 5, max: 10, noNaN: true }), { minLength: 1 }), (list) => {
      let was = foretell('nothing', at(6.5));
      for (const days of list) was = foretell(was, at(days));
      expect(was).toBe('week');
      expect(foretell(was, at(null))).toBe('nothing');
    }),
  );
  expect(foretell('day', at(1.4))).toBe('day');
  expect(foretell('day', at(2))).toBe('week');
  expect(foretell('week', at(11))).toBe('nothing');
});

it('is louder the nearer it is', () => {
  const rank = { nothing: 0, week: 1, day: 2 };
  fc.assert(
    fc.property(
      fc.constantFrom<Foretold>('nothing', 'week', 'day'),
      fc.double({ min: -5, max: 40, noNaN: true }),
      fc.double({ min: 0, max: 40, noNaN: true }),
      (was, days, more) => {
        expect(rank[foretell(was, at(days))]).toBeGreaterThanOrEqual(rank[foretell(was, at(days + more))]);
      },
    ),
  );
});
