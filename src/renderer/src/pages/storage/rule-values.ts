/** What is typed of a rule, and the rule it makes. Pure. */
import { StreamRetention } from '#domain/retention.ts';

/** As the fields hold it: '' is nothing said. */
export type Typed = number | '';
export type RuleValues = { maxDays: Typed; minDays: Typed; maxGb: Typed; eventDays: Typed };
export type RuleFault = 'minDays' | 'maxDays' | 'maxGb' | 'eventDays';

const gb = 1e9;
const said = (value: number | null): Typed => value ?? '';
const orNull = (value: Typed): number | null => (value === '' ? null : value);

export const valuesOf = (rule: StreamRetention): RuleValues => ({
  maxDays: said(rule.maxDays),
  minDays: rule.minDays === 0 ? '' : rule.minDays,
  maxGb: rule.maxBytes === null ? '' : Math.round((rule.maxBytes / gb) * 10) / 10,
  eventDays: said(rule.eventDays),
});

/** The rule, or the first field that cannot be so. */
export function ruleFrom(values: RuleValues): { rule: StreamRetention } | { fault: RuleFault } {
  const maxGb = orNull(values.maxGb);
  const parsed = StreamRetention.safeParse({
    maxDays: orNull(values.maxDays),
    minDays: orNull(values.minDays) ?? 0,
    maxBytes: maxGb === null ? null : Math.round(maxGb * gb),
    eventDays: orNull(values.eventDays),
  });
  if (parsed.success) return { rule: parsed.data };
  const at = parsed.error.issues[0]?.path[0];
  return { fault: at === 'maxBytes' ? 'maxGb' : at === 'maxDays' || at === 'eventDays' ? at : 'minDays' };
}
