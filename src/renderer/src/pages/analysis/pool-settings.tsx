/** How the work is spread. */
import { Button, NumberInput, Select } from '@mantine/core';
import { useState } from 'react';
import { PoolStrategy, type AnalysisSettings } from '#domain/analysis.ts';
import { configureAnalysis } from '../../stores/analysis.ts';
import { useTranslation } from '../../text/index.ts';
import { tell, tellRefusal } from '../../ui/tell.ts';

export function PoolSettings({ settings }: { settings: AnalysisSettings }) {
  const { t } = useTranslation();
  const [strategy, setStrategy] = useState(settings.strategy);
  const [most, setMost] = useState<string | number>(settings.mostWorkers ?? '');
  const [busy, setBusy] = useState(false);
  return (
    <form
      className="stack narrow"
      onSubmit={(e) => {
        e.preventDefault();
        setBusy(true);
        configureAnalysis({ strategy, mostWorkers: most === '' ? null : Number(most) })
          .then(() => {
            tell(t('analysis.saved'));
          }, tellRefusal)
          .finally(() => {
            setBusy(false);
          });
      }}
    >
      <Select
        label={t('analysis.strategy')}
        allowDeselect={false}
        data={PoolStrategy.options.map((value) => ({ value, label: t(`analysis.by.${value}`) }))}
        value={strategy}
        onChange={(value) => {
          const known = PoolStrategy.safeParse(value);
          if (known.success) setStrategy(known.data);
        }}
      />
      <NumberInput
        label={t('analysis.mostWorkers')}
        description={t('analysis.mostWorkersHint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        min={1}
        max={16}
        allowDecimal={false}
        allowNegative={false}
        value={most}
        onChange={setMost}
      />
      <div>
        <Button type="submit" variant="default" loading={busy}>
          {t('analysis.save')}
        </Button>
      </div>
    </form>
  );
}
