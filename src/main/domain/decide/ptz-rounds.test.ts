import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserId } from '../id.ts';
import { heldBy, lockFreeMs, steer, take, type PtzLock } from './ptz-lock.ts';
import { beginTour, restTour, stepTour, tourRestMs, type TourRun } from './ptz-tour.ts';

const users = ['01HZZZZZZZZZZZZZZZZZZZZZZA', '01HZZZZZZZZZZZZZZZZZZZZZZB', '01HZZZZZZZZZZZZZZZZZZZZZZC'].map(
  (id, i) => ({
    userId: UserId.parse(id),
    name: `user ${String(i)}`,
  }),
);

describe('the lock', () => {
  it('lets one person steer at a time, and nobody wait longer than it is held', () => {
    const command = fc.record({ who: fc.nat(2), afterMs: fc.nat(8_000), takes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 50 }), (commands) => {
        let lock: PtzLock | null = null;
        let now = 0;
        let last: { who: number; atMs: number } | null = null;
        for (const { who, afterMs, takes } of commands) {
          now += afterMs;
          const user = users[who];
          if (user === undefined) throw new Error('no such user');
          const at = { nowMs: now, monoMs: now };
          const free = last === null || now - last.atMs >= lockFreeMs || last.who === who;
          const next: PtzLock | null = takes ? take(lock, user, at) : steer(lock, user, at);
          expect(next !== null).toBe(takes || free);
          if (next === null) {
            expect(heldBy(lock, now)?.userId).toBe(users[last?.who ?? -1]?.userId);
            continue;
          }
          const same = last !== null && last.who === who && now - last.atMs < lockFreeMs;
          expect(next.sinceMs).toBe(same ? lock?.sinceMs : now);
          lock = next;
          last = { who, atMs: now };
        }
      }),
    );
  });
});

describe('a tour', () => {
  const tour = fc
    .array(fc.integer({ min: 1_000, max: 20_000 }), { minLength: 2, maxLength: 6 })
    .map((stays) => ({ name: 'round', stops: stays.map((stayMs, i) => ({ preset: String(i), stayMs })) }));

  it('goes round in order, stays as long as said, and rests a minute after the last hand', () => {
    const moment = fc.record({ afterMs: fc.nat(15_000), hand: fc.boolean() });
    fc.assert(
      fc.property(tour, fc.array(moment, { maxLength: 60 }), (t, moments) => {
        let run: TourRun = beginTour(t, 0);
        let now = 0;
        let at: number | null = null;
        let sentMs = 0;
        let handMs = -Infinity;
        for (const { afterMs, hand } of moments) {
          now += afterMs;
          if (hand) {
            run = restTour(run, now);
            handMs = now;
          }
          const [next, preset] = stepTour(run, now);
          run = next;
          if (preset === null) continue;
          expect(now - handMs).toBeGreaterThanOrEqual(tourRestMs);
          const rested: boolean = handMs >= sentMs && handMs > -Infinity;
          const expected: number = at === null || rested ? (at ?? 0) : (at + 1) % t.stops.length;
          expect(preset).toBe(String(expected));
          if (at !== null && !rested) expect(now - sentMs).toBeGreaterThanOrEqual(t.stops[at]?.stayMs ?? Infinity);
          at = expected;
          sentMs = now;
        }
      }),
    );
  });
});
