import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dayMs, hourMs } from '../time.ts';
import { guaranteeStep, type GuaranteeSight, type GuaranteeStep } from './guarantee-watch.ts';

const nowMs = 20_000 * dayMs;
const at = (days: number | null, wentHoursAgo: number | null = null): GuaranteeSight => ({
  nowMs,
  shortAtMs: days === null ? null : nowMs + days * dayMs,
  wentMs: wentHoursAgo === null ? null : nowMs - wentHoursAgo * hourMs,
});

it('speaks a week ahead, and once more a day ahead', () => {
  const told: GuaranteeStep[] = [];
  let was: GuaranteeStep = 'kept';
  for (let days = 12; days >= -1; days -= 0.25) {
    const now = guaranteeStep(was, at(days));
    if (now !== was) told.push(now);
    was = now;
  }
  expect(told).toEqual(['week', 'day']);
});

it('takes nothing back for a rate that goes up and down, and all of it when it is never', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 5, max: 10, noNaN: true }), { minLength: 1 }), (list) => {
      let was = guaranteeStep('kept', at(6.5));
      for (const days of list) was = guaranteeStep(was, at(days));
      expect(was).toBe('week');
      expect(guaranteeStep(was, at(null))).toBe('kept');
    }),
  );
  expect(guaranteeStep('day', at(1.4))).toBe('day');
  expect(guaranteeStep('day', at(2))).toBe('week');
  expect(guaranteeStep('week', at(11))).toBe('kept');
});

it('says that it goes from the first recording on until none has gone for an hour and none is about to', () => {
  expect(guaranteeStep('kept', at(null, 0))).toBe('going');
  expect(guaranteeStep('day', at(0.1, 0.5))).toBe('going');
  expect(guaranteeStep('going', at(null, 0.9))).toBe('going');
  // Between two that go the forecast has it minutes away.
  expect(guaranteeStep('going', at(0.01, 3))).toBe('going');
  expect(guaranteeStep('going', at(1.4, 3))).toBe('going');
  expect(guaranteeStep('going', at(3, 3))).toBe('week');
  expect(guaranteeStep('going', at(null, 1))).toBe('kept');
});

it('is louder the nearer it is', () => {
  const rank = { kept: 0, week: 1, day: 2, going: 3 };
  fc.assert(
    fc.property(
      fc.constantFrom<GuaranteeStep>('kept', 'week', 'day', 'going'),
      fc.double({ min: -5, max: 40, noNaN: true }),
      fc.double({ min: 0, max: 40, noNaN: true }),
      fc.option(fc.double({ min: 0, max: 3, noNaN: true })),
      (was, days, more, went) => {
        expect(rank[guaranteeStep(was, at(days, went))]).toBeGreaterThanOrEqual(
          rank[guaranteeStep(was, at(days + more, went))],
        );
      },
    ),
  );
});
