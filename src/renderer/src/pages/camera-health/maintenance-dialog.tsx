import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import { hourMs } from '#domain/time.ts';
import { stationNowMs } from '../../client/index.ts';
import { beginMaintenance } from '../../stores/camera-health.ts';
import { durationOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { refusalText } from '../../ui/refusal.ts';

const hours = [0.5, 1, 2, 4, 8, 24, 72, 168] as const;

/** Asks why and for how long a camera is to be silent. */
export function MaintenanceDialog({ camera, onClose }: { camera: CameraView; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [span, setSpan] = useState('1');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const begin = (): void => {
    setBusy(true);
    // Seven days are the most: a second less than that, for the way to the station.
    const untilMs = stationNowMs() + Math.min(Number(span) * hourMs, 168 * hourMs - 10_000);
    beginMaintenance(camera.id, reason.trim(), Math.round(untilMs)).then(onClose, (error: unknown) => {
      setFault(refusalText(error));
      setBusy(false);
    });
  };
  return (
    <Dialog opened onClose={onClose} title={t('health.maintenance.title', { name: camera.name })} centered>
      <form
        className="stack"
        onSubmit={(e) => {
          e.preventDefault();
          begin();
        }}
      >
        <p>{t('health.maintenance.text')}</p>
        <TextInput
          label={t('health.maintenance.reason')}
          value={reason}
          maxLength={200}
          required
          data-autofocus
          onChange={(e) => {
            setReason(e.currentTarget.value);
          }}
        />
        <Select
          label={t('health.maintenance.span')}
          data={hours.map((h) => ({ value: String(h), label: durationOf(h * hourMs) }))}
          value={span}
          allowDeselect={false}
          onChange={(v) => {
            setSpan(v ?? '1');
          }}
        />
        {fault === null ? null : (
          <p className="fault" role="alert">
            {fault}
          </p>
        )}
        <div className="line">
          <Button type="submit" loading={busy} disabled={reason.trim() === ''}>
            {t('health.maintenance.begin')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('app.verb.cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
