import { NumberInput } from '@mantine/core';
import { useTranslation } from '../../text/index.ts';
import { rangeText } from '../../ui/range-text.ts';
import type { RuleFault, RuleValues, Typed } from './rule-values.ts';

export const typed = (value: number | string): Typed => (typeof value === 'number' ? value : '');

/** Days, and bytes in GB, as `StreamRetention` takes them. */
const bounds = {
  maxDays: [0.01, 3650],
  minDays: [0, 3650],
  maxGb: [0.01, 1_000_000],
  eventDays: [0.01, 3650],
} as const;
const within = (value: Typed, [min, max]: readonly [number, number]): boolean =>
  value === '' || (value >= min && value <= max);
/** Why the legal maximum cannot be so; null: it can. */
export const legalFault = (legal: Typed): string | null =>
  within(legal, bounds.maxDays) ? null : rangeText(bounds.maxDays);

/** The four numbers of a rule; a name for the group is given by whoever shows it. */
export function RuleFields({
  values,
  fault,
  disabled = false,
  onChange,
}: {
  values: RuleValues;
  fault: RuleFault | null;
  disabled?: boolean;
  onChange: (values: RuleValues) => void;
}) {
  const { t } = useTranslation();
  const faultOf = (name: keyof RuleValues): string =>
    name === 'minDays' && within(values[name], bounds[name]) ? t('retention.minOverMax') : rangeText(bounds[name]);
  const field = (name: keyof RuleValues, placeholder: string, hint?: string) => (
    <NumberInput
      label={t(`retention.${name}`)}
      placeholder={placeholder}
      {...(hint === undefined ? {} : { description: hint })}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      min={bounds[name][0]}
      max={bounds[name][1]}
      allowNegative={false}
      disabled={disabled}
      value={values[name]}
      error={fault === name ? faultOf(name) : null}
      onChange={(value) => {
        onChange({ ...values, [name]: typed(value) });
      }}
    />
  );
  return (
    <div className="rule-fields">
      {field('maxDays', t('retention.empty'))}
      {field('minDays', '0', t('retention.minDaysHint'))}
      {field('maxGb', t('retention.empty'))}
      {field('eventDays', t('retention.emptyEvents'), t('retention.eventDaysHint'))}
    </div>
  );
}
