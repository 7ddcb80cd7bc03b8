import { describe, expect, it } from 'vitest';
import { plansOf, recordAlways, recordNever } from '#domain/recording-plan.ts';
import { both, choiceOf, choose, fits, newWeek, settled } from './choice.ts';

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

  it('knows what was typed and cannot be so, and forgets it where nothing waits for a trigger', () => {
    const plans = plansOf('events', true);
    expect(fits(plans)).toBe(true);
    const { kinds, preRollS } = recordAlways;
    for (const change of [
      { preRollS: -5 },
      { preRollS: 61 },
      { postRollS: Number.NaN },
      { postRollS: 99_999 },
      { kinds: [] },
    ]) {
      const wrong = both(plans, change);
      expect(fits(wrong)).toBe(false);
      expect(settled(wrong, true)).toBe(wrong);
      const always = settled(choose(wrong, 'always', true), true);
      expect(fits(always)).toBe(true);
      expect(always.main).toMatchObject({ kinds, preRollS });
    }
  });

  it('keeps a week that is there', () => {
    const week = { ...recordAlways, when: newWeek() };
    expect(choose({ main: week, sub: recordNever }, 'schedule', true).main.when).toBe(week.when);
  });
});
