import { describe, expect, it } from 'vitest';
import { plansOf, recordAlways, recordNever } from '#domain/recording-plan.ts';
import { both, choiceOf, choose, newWeek } from './choice.ts';

describe('the choice of when a camera is recorded', () => {
  it('is found again in the plans that it makes, and changes nothing else of them', () => {
    const plans = both({ main: recordAlways, sub: recordNever }, { preRollS: 17, audio: false });
    for (const choice of ['always', 'events', 'low-high', 'schedule', 'never'] as const) {
      const made = choose(plans, choice, true);
      expect(choiceOf(made, true)).toBe(choice);
      expect([made.main.preRollS, made.sub.audio]).toEqual([17, false]);
    }
    expect(choiceOf(choose(plans, 'low-high', false), false)).toBe('always');
    expect(choiceOf({ main: recordAlways, sub: recordAlways }, true)).toBe('own');
    expect(choiceOf(plansOf('low-high', true), false)).toBe('events');
  });

  it('keeps a week that is there', () => {
    const week = { ...recordAlways, when: newWeek() };
    expect(choose({ main: week, sub: recordNever }, 'schedule', true).main.when).toBe(week.when);
  });
});
