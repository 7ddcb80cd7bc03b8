import { Switch } from '@mantine/core';
import { useState } from 'react';
import type { Volume } from '#domain/volume.ts';
import { changeVolume } from '../../stores/volumes.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { DiskFields, settingsFrom, valuesOf } from './disk-fields.tsx';
import { diskName } from './disk-words.ts';

export function ChangeDisk({ volume, onClose }: { volume: Volume; onClose: () => void }) {
  const { t } = useTranslation();
  const [values, setValues] = useState(() => valuesOf(volume));
  const [paused, setPaused] = useState(volume.paused);
  const settings = settingsFrom(values, volume.totalBytes);
  return (
    <Ask
      title={t('storage.disk.change', { name: diskName(volume) })}
      verb={t('app.verb.save')}
      disabled={settings === null}
      work={async () => {
        if (settings !== null) await changeVolume(volume.volume, { ...settings, paused });
      }}
      onClose={onClose}
    >
      <DiskFields values={values} totalBytes={volume.totalBytes} onChange={setValues} />
      <Switch
        label={t('storage.disk.pause')}
        description={t('storage.disk.pauseHint')}
        checked={paused}
        onChange={(e) => {
          setPaused(e.currentTarget.checked);
        }}
      />
    </Ask>
  );
}
