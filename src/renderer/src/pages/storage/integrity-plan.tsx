/** How often everything is looked at, and how much of the disk's time that may take. */
import { Group, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { IntegrityPlan } from '#domain/integrity.ts';
import { setIntegrityPlan } from '../../stores/integrity.ts';
import { useTranslation } from '../../text/index.ts';
import { IdleButton } from '../../ui/idle-button.tsx';
import { tellRefusal } from '../../ui/tell.ts';

const megabyte = 1_000_000;

export function IntegrityPlanForm({ plan, may }: { plan: IntegrityPlan; may: boolean }) {
  const { t } = useTranslation();
  const [days, setDays] = useState<number | string>(plan.everyDays);
  const [rate, setRate] = useState<number | string>(plan.bytesPerSecond / megabyte);
  const [busy, setBusy] = useState(false);
  const wanted = IntegrityPlan.safeParse({ everyDays: days, bytesPerSecond: Number(rate) * megabyte });
  const same =
    wanted.success && wanted.data.everyDays === plan.everyDays && wanted.data.bytesPerSecond === plan.bytesPerSecond;
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        if (!wanted.success) return;
        setBusy(true);
        setIntegrityPlan(wanted.data)
          .catch(tellRefusal)
          .finally(() => {
            setBusy(false);
          });
      }}
    >
      <Group align="flex-end">
        <NumberInput
          label={t('integrity.everyDays')}
          min={1}
          max={90}
          value={days}
          onChange={setDays}
          disabled={!may}
        />
        <NumberInput label={t('integrity.rate')} min={1} max={1000} value={rate} onChange={setRate} disabled={!may} />
        {may ? (
          <IdleButton type="submit" variant="default" loading={busy} idle={!wanted.success || same}>
            {t('integrity.save')}
          </IdleButton>
        ) : null}
      </Group>
    </form>
  );
}
