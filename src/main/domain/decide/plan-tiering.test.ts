import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstArchive, tierAfterMs, type TierRule } from '../archive.ts';
import type { StreamId } from '../id.ts';
import { planTiering, type TierLane, type Waiting } from './plan-tiering.ts';

const day = 86_400_000;
const nowMs = 400 * day;

const someRule: fc.Arbitrary<TierRule> = fc.record({
  archive: fc.integer({ min: firstArchive, max: firstArchive + 2 }),
  mode: fc.constantFrom('move' as const, 'copy' as const),
  afterDays: fc.integer({ min: 1, max: 30 }),
  keepDays: fc.option(fc.integer({ min: 1, max: 60 })),
});
const someWaiting: fc.Arbitrary<Waiting[]> = fc
  .array(fc.record({ gap: fc.integer({ min: 0, max: 4 }), hashed: fc.boolean(), archived: fc.boolean() }), {
    maxLength: 40,
  })
  .map((list) => {
    let at = nowMs - 50 * day;
    return list.map(({ gap, hashed, archived }) => {
      at += gap * day;
      return { startMs: (at += 1), endMs: at + 60_000, bytes: 1000, hashed: hashed || archived, archived };
    });
  });
const someLanes: fc.Arbitrary<TierLane[]> = fc
  .array(fc.record({ rule: someRule, next: someWaiting, rest: fc.array(fc.nat(39), { maxLength: 5 }) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((list) =>
    list.map(({ rule, next, rest }, i) => ({
      streamId: (i + 1) as StreamId,
      rule,
      next,
      resting: new Set(rest.flatMap((n) => next[n]?.startMs ?? [])),
    })),
  );
const laneOf = (lanes: TierLane[], id: StreamId): TierLane => {
  const lane = lanes.find((l) => l.streamId === id);
  if (lane === undefined) throw new Error('a step of no lane');
  return lane;
};

describe('planTiering', () => {
  it('releases only what was verified at the archive and is to be moved, and sends nothing twice, unhashed or young', () => {
    fc.assert(
      fc.property(someLanes, fc.boolean(), fc.integer({ min: 1, max: 20 }), (lanes, maySend, limit) => {
        for (const step of planTiering({ nowMs, archive: firstArchive, lanes, maySend, limit })) {
          const { rule, next, resting } = laneOf(lanes, step.streamId);
          expect(next).toContain(step.waiting);
          expect(rule.archive).toBe(firstArchive);
          expect(step.waiting.endMs).toBeLessThanOrEqual(nowMs - tierAfterMs(rule));
          expect(resting.has(step.waiting.startMs)).toBe(false);
          if (step.do === 'release') expect([step.waiting.archived, rule.mode]).toEqual([true, 'move']);
          else expect([step.waiting.archived, step.waiting.hashed, maySend]).toEqual([false, true, true]);
          if (step.do === 'send' && rule.keepDays !== null)
            expect(step.waiting.endMs).toBeGreaterThan(nowMs - rule.keepDays * day);
        }
      }),
    );
  });

  it('takes the oldest first: nothing that waits longer is left out while something younger is named', () => {
    fc.assert(
      fc.property(someLanes, fc.integer({ min: 1, max: 10 }), (lanes, limit) => {
        const ask = { nowMs, archive: firstArchive, lanes, maySend: true };
        const some = planTiering({ ...ask, limit });
        const all = planTiering({ ...ask, limit: 10_000 });
        expect(some).toEqual(all.slice(0, limit));
        const starts = all.map((s) => s.waiting.startMs);
        expect(starts).toEqual([...starts].sort((a, b) => a - b));
      }),
    );
  });

  it('ends: when every step is carried out, all that is old enough is there, and what moves has left', () => {
    fc.assert(
      fc.property(someLanes, fc.integer({ min: 1, max: 5 }), (lanes, limit) => {
        const site = lanes.map((l) => ({
          ...l,
          next: l.next.map((w) => ({ ...w, hashed: true })),
          resting: new Set<number>(),
        }));
        for (const archive of [firstArchive, firstArchive + 1, firstArchive + 2]) {
          for (;;) {
            const steps = planTiering({ nowMs, archive, lanes: site, maySend: true, limit });
            if (steps.length === 0) break;
            for (const step of steps) {
              const lane = laneOf(site, step.streamId) as (typeof site)[number];
              if (step.do === 'send')
                lane.next = lane.next.map((w) => (w.startMs === step.waiting.startMs ? { ...w, archived: true } : w));
              else lane.next = lane.next.filter((w) => w.startMs !== step.waiting.startMs);
            }
          }
        }
        for (const { rule, next } of site) {
          const keptMs = nowMs - (rule.keepDays ?? 1_000) * day;
          const old = next.filter((w) => w.endMs <= nowMs - tierAfterMs(rule) && w.endMs > keptMs);
          expect(rule.mode === 'move' ? old : old.filter((w) => !w.archived)).toEqual([]);
        }
      }),
    );
  });

  it('is not held back by what another archive or a single recording refuses', () => {
    const waiting = (startMs: number): Waiting => ({
      startMs,
      endMs: startMs + 1,
      bytes: 1,
      hashed: true,
      archived: false,
    });
    const rule = { archive: firstArchive, mode: 'move' as const, afterDays: 1, keepDays: null };
    const lanes: TierLane[] = [
      { streamId: 1 as StreamId, rule, next: [waiting(1), waiting(2)], resting: new Set([1]) },
      { streamId: 2 as StreamId, rule: { ...rule, archive: firstArchive + 1 }, next: [waiting(1)], resting: new Set() },
    ];
    const starts = (maySend: boolean): number[] =>
      planTiering({ nowMs, archive: firstArchive, lanes, maySend, limit: 9 }).map((s) => s.waiting.startMs);
    expect(starts(true)).toEqual([2]);
    expect(starts(false)).toEqual([]);
  });
});
