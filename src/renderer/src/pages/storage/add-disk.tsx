/** Adding a disk: first it is looked at, then it is said what was found, then it is added. */
import { Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { VolumePlace } from '#domain/volume.ts';
import { addVolume, lookAtPlace, useVolumes } from '../../stores/volumes.ts';
import { bytesOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { tell } from '../../ui/tell.ts';
import { DiskFields, settingsFrom, usual } from './disk-fields.tsx';
import { diskName } from './disk-words.ts';
import { Warning } from './warning.tsx';

export function AddDisk({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [path, setPath] = useState('');
  const [place, setPlace] = useState<VolumePlace | null>(null);
  const [values, setValues] = useState(usual);
  const [meant, setMeant] = useState(false);
  const shares = (place?.sharesWith.length ?? 0) > 0;
  const settings = settingsFrom(values, place?.totalBytes ?? null);
  if (place === null)
    return (
      <Ask
        key="look"
        title={t('storage.disk.add')}
        verb={t('storage.disk.look')}
        disabled={path.trim() === ''}
        work={async () => {
          setPlace(await lookAtPlace(path.trim()));
          // The dialog goes on instead of closing.
          return 'stay';
        }}
        onClose={onClose}
      >
        <p className="quiet">{t('storage.disk.addText')}</p>
        <TextInput
          label={t('storage.disk.path')}
          description={t('storage.disk.pathHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          placeholder="/mnt/video"
          data-autofocus
          spellCheck={false}
          maxLength={1000}
          value={path}
          onChange={(e) => {
            setPath(e.currentTarget.value);
          }}
        />
      </Ask>
    );
  return (
    <Ask
      key="add"
      title={t('storage.disk.add')}
      verb={t(place.is === 'new' ? 'storage.disk.record' : 'storage.disk.takeBack')}
      disabled={settings === null || (shares && !meant)}
      work={async () => {
        if (settings === null) return;
        await addVolume({ path: place.path, ...settings, sameDisk: meant });
        tell(t('storage.disk.added'));
      }}
      onClose={onClose}
    >
      <Found place={place} />
      {shares ? (
        <Checkbox
          label={t('storage.disk.sameDisk')}
          checked={meant}
          onChange={(e) => {
            setMeant(e.currentTarget.checked);
          }}
        />
      ) : null}
      <DiskFields values={values} totalBytes={place.totalBytes} onChange={setValues} />
    </Ask>
  );
}

function Found({ place }: { place: VolumePlace }) {
  const { t } = useTranslation();
  const list = useVolumes((s) => s.list);
  const names = place.sharesWith.flatMap((n) => {
    const volume = list?.find((v) => v.volume === n);
    return volume === undefined ? [] : [diskName(volume)];
  });
  return (
    <div className="stack">
      <div>
        <p className="mono">{place.path}</p>
        <p>
          {[
            t('storage.disk.free', { free: bytesOf(place.freeBytes), total: bytesOf(place.totalBytes) }),
            place.fileSystem,
            place.network ? t('storage.disk.network') : '',
            place.makes ? t('storage.disk.makes') : '',
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      {place.is === 'new' ? null : <p>{t(`storage.disk.found.${place.is}`)}</p>}
      {names.length === 0 ? null : <Warning>{t('storage.disk.shares', { names: names.join(', ') })}</Warning>}
    </div>
  );
}
