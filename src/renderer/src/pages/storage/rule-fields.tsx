import { NumberInput } from '@mantine/core';
import { useTranslation } from '../../text/index.ts';
import type { RuleFault, RuleValues, Typed } from './rule-values.ts';

export const typed = (value: number | string): Typed => (typeof value === 'number' ? value : '');

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
  const field = (name: keyof RuleValues, placeholder: string, hint?: string) => (
    <NumberInput
      label={t(`retention.${name}`)}
      placeholder={placeholder}
      {...(hint === undefined ? {} : { description: hint })}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      min={0}
      max={name === 'maxGb' ? 1_000_000 : 3650}
      allowNegative={false}
      disabled={disabled}
      value={values[name]}
      error={fault === name ? t('retention.minOverMax') : null}
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
