/** Taking a disk out: what is on it is said first, and giving it up is a word of its own. */
import { Checkbox } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Volume } from '#domain/volume.ts';
import { footageOf, removeVolume, type Footage } from '../../stores/volumes.ts';
import { bytesOf, dateTimeOf, numberOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Ask } from '../../ui/ask.tsx';
import { refusalText } from '../../ui/refusal.ts';
import { tell } from '../../ui/tell.ts';
import { diskName } from './disk-words.ts';
import { Warning } from './warning.tsx';

export function RemoveDisk({ volume, onClose }: { volume: Volume; onClose: () => void }) {
  const { t } = useTranslation();
  const [footage, setFootage] = useState<Footage | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [gone, setGone] = useState(false);
  useEffect(() => {
    footageOf(volume.volume).then(setFootage, (error: unknown) => {
      setFault(refusalText(error));
    });
  }, [volume.volume]);
  const some = footage !== null && footage.segments > 0;
  const held = footage?.held ?? [];
  return (
    <Ask
      title={t('storage.disk.remove', { name: diskName(volume) })}
      verb={t('storage.disk.takeOut')}
      danger
      disabled={footage === null || (some && (!gone || held.length > 0))}
      work={async () => {
        await removeVolume(volume.volume, some ? footage.segments : null);
        tell(t('storage.disk.takenOut'));
      }}
      onClose={onClose}
    >
      {fault === null ? null : <p className="fault">{fault}</p>}
      {footage === null ? fault === null ? <p className="quiet">{t('storage.disk.reading')}</p> : null : null}
      {footage !== null && !some ? <p>{t('storage.disk.removeEmpty')}</p> : null}
      {some ? (
        <>
          <p>
            {t('storage.disk.holds', {
              number: numberOf(footage.segments),
              size: bytesOf(footage.bytes),
              from: dateTimeOf(footage.oldestMs ?? 0),
              to: dateTimeOf(footage.newestMs ?? 0),
            })}
          </p>
          <p className="quiet">{footage.cameras.map((c) => `${c.name} (${bytesOf(c.bytes)})`).join(', ')}</p>
          {held.length > 0 ? (
            <Warning>{t('storage.disk.heldThere', { names: held.join(', ') })}</Warning>
          ) : (
            <>
              <p>{t('storage.disk.removeText')}</p>
              <Checkbox
                label={t('storage.disk.gone')}
                checked={gone}
                onChange={(e) => {
                  setGone(e.currentTarget.checked);
                }}
              />
            </>
          )}
        </>
      ) : null}
    </Ask>
  );
}
