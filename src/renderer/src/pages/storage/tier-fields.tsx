/** Where the footage of one stream goes, and when. */
import { NumberInput, Select } from '@mantine/core';
import type { ArchiveView } from '#domain/archive.ts';
import { useTranslation } from '../../text/index.ts';
import type { TierValues } from './archive-values.ts';

export function TierFields(props: {
  title: string;
  archives: readonly ArchiveView[];
  values: TierValues;
  disabled: boolean;
  fault: boolean;
  onChange: (values: TierValues) => void;
}) {
  const { t } = useTranslation();
  const { values, disabled, onChange } = props;
  const days = (name: 'after' | 'keep') => (
    <NumberInput
      label={t(`archive.rule.${name}`)}
      placeholder={name === 'keep' ? t('archive.rule.ever') : ''}
      min={0.01}
      max={3650}
      allowNegative={false}
      disabled={disabled}
      error={props.fault}
      value={values[name]}
      onChange={(value) => {
        onChange({ ...values, [name]: value });
      }}
    />
  );
  return (
    <fieldset className="rule-group">
      <legend>{props.title}</legend>
      <div className="line">
        <Select
          label={t('archive.rule.archive')}
          allowDeselect={false}
          disabled={disabled}
          data={[
            { value: '', label: t('archive.rule.stays') },
            ...props.archives.map((a) => ({ value: String(a.archive), label: a.name })),
          ]}
          value={values.archive}
          onChange={(archive) => {
            onChange({ ...values, archive: archive ?? '' });
          }}
        />
        {values.archive === '' ? null : (
          <>
            <Select
              label={t('archive.rule.mode')}
              allowDeselect={false}
              disabled={disabled}
              data={(['move', 'copy'] as const).map((value) => ({ value, label: t(`archive.rule.${value}`) }))}
              value={values.mode}
              onChange={(mode) => {
                onChange({ ...values, mode: mode === 'copy' ? 'copy' : 'move' });
              }}
            />
            {days('after')}
            {days('keep')}
          </>
        )}
      </div>
      {props.fault ? <p className="fault">{t('archive.rule.fault')}</p> : null}
    </fieldset>
  );
}
