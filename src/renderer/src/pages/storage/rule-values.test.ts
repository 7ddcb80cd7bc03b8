import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ruleFrom, valuesOf, type RuleValues } from './rule-values.ts';

const blank: RuleValues = { maxDays: '', minDays: '', maxGb: '', eventDays: '' };

it('makes nothing said into a rule that keeps all', () => {
  expect(ruleFrom(blank)).toEqual({ rule: { maxDays: null, minDays: 0, maxBytes: null, eventDays: null } });
});

it('gives back what was typed', () => {
  const days = fc.oneof(fc.constant('' as const), fc.integer({ min: 1, max: 3650 }));
  fc.assert(
    fc.property(
      days,
      days,
      fc.oneof(fc.constant('' as const), fc.integer({ min: 1, max: 100_000 })),
      (max, event, maxGb) => {
        const typed = { maxDays: max, minDays: max, maxGb, eventDays: event };
        const made = ruleFrom(typed);
        expect('rule' in made && valuesOf(made.rule)).toEqual(typed);
      },
    ),
  );
});

it('names the field that cannot be so', () => {
  expect(ruleFrom({ ...blank, maxDays: 10, minDays: 11 })).toEqual({ fault: 'minDays' });
  expect(ruleFrom({ ...blank, maxDays: 5000 })).toEqual({ fault: 'maxDays' });
  expect(ruleFrom({ ...blank, maxGb: 0 })).toEqual({ fault: 'maxGb' });
  expect(ruleFrom({ ...blank, eventDays: -1 })).toEqual({ fault: 'eventDays' });
});
