/** The disks that are recorded on: how each stands, and adding, changing and taking out. */
import { Button } from '@mantine/core';
import { Pencil, Plus, Unplug } from 'lucide-react';
import { useState } from 'react';
import type { Volume } from '#domain/volume.ts';
import { stationNowMs } from '../../client/index.ts';
import { useMay } from '../../stores/session.ts';
import { readVolumes, useVolumes } from '../../stores/volumes.ts';
import { bitRateOf, bytesOf, numberOf, sinceOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Mark } from '../../ui/mark.tsx';
import { useReading } from '../../ui/use-reading.ts';
import { AddDisk } from './add-disk.tsx';
import { ChangeDisk } from './change-disk.tsx';
import { diskName, diskTone } from './disk-words.ts';
import { RemoveDisk } from './remove-disk.tsx';
import { Warning } from './warning.tsx';

const everyMs = 3_000;
type Open = { is: 'add' } | { is: 'change' | 'remove'; volume: Volume };

export function DisksTab() {
  const { t } = useTranslation();
  const list = useVolumes((s) => s.list);
  const may = useMay('administrator');
  const fault = useReading(readVolumes, everyMs);
  const [open, setOpen] = useState<Open | null>(null);
  const close = (): void => {
    setOpen(null);
  };
  if (list === null) return <p className={fault === null ? 'blank' : 'fault'}>{fault ?? t('storage.disk.reading')}</p>;
  return (
    <div className="stack">
      {fault === null ? null : <p className="fault">{fault}</p>}
      <div className="line">
        <p className="quiet" style={{ flex: '1 1 20rem' }}>
          {t(list.length > 1 ? 'storage.disk.leadSome' : 'storage.disk.leadOne')}
        </p>
        {may ? (
          <Button
            leftSection={<Plus size={15} aria-hidden="true" />}
            onClick={() => {
              setOpen({ is: 'add' });
            }}
          >
            {t('storage.disk.add')}
          </Button>
        ) : null}
      </div>
      <ul className="disks">
        {list.map((volume) => (
          <li key={volume.volume}>
            <Disk volume={volume} alone={list.length === 1} may={may} onOpen={setOpen} />
          </li>
        ))}
      </ul>
      {open?.is === 'add' ? <AddDisk onClose={close} /> : null}
      {open?.is === 'change' ? <ChangeDisk volume={open.volume} onClose={close} /> : null}
      {open?.is === 'remove' ? <RemoveDisk volume={open.volume} onClose={close} /> : null}
    </div>
  );
}

function Disk(props: { volume: Volume; alone: boolean; may: boolean; onOpen: (open: Open) => void }) {
  const { t } = useTranslation();
  const { volume, alone, may } = props;
  const name = diskName(volume);
  const wrong = volume.state !== 'ok' && volume.state !== 'unseen';
  const word =
    volume.state === 'ok' && volume.paused ? t('storage.disk.paused') : t(`storage.disk.state.${volume.state}`);
  return (
    <article className="card disk" aria-label={name}>
      <div className="disk-head">
        <h2>{name}</h2>
        {name === volume.path || volume.path === '' ? null : <span className="mono">{volume.path}</span>}
        {volume.fileSystem === '' ? null : <span className="quiet">{volume.fileSystem}</span>}
        <Mark tone={diskTone(volume)}>
          {wrong ? t('storage.disk.since', { state: word, time: sinceOf(volume.sinceMs, stationNowMs()) }) : word}
        </Mark>
      </div>
      {wrong ? (
        <div className="disk-trouble">
          <Warning>
            {t(`storage.disk.trouble.${volume.state === 'unseen' || volume.state === 'ok' ? 'error' : volume.state}`)}
          </Warning>
        </div>
      ) : null}
      {volume.reserveBytes !== null && volume.keptFreeBytes !== null && volume.reserveBytes > volume.keptFreeBytes ? (
        <div className="disk-trouble">
          <Warning>
            {t('storage.disk.reserveCut', {
              said: bytesOf(volume.reserveBytes),
              size: bytesOf(volume.keptFreeBytes),
            })}
          </Warning>
        </div>
      ) : null}
      <Room volume={volume} />
      <div>
        <p>
          {volume.streams === 0
            ? t('storage.disk.noStreams')
            : t('storage.disk.streams', {
                count: volume.streams,
                rate: bitRateOf(volume.writeBytesPerSecond * 8),
              })}
        </p>
        <p className="quiet">
          {[
            alone ? '' : t('storage.disk.weight', { weight: numberOf(volume.weight) }),
            t(`storage.disk.sync.${volume.sync}`),
            volume.writeMs === null || !volume.here
              ? ''
              : t('storage.disk.writes', { ms: numberOf(volume.writeMs, volume.writeMs < 10 ? 1 : 0) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      {may ? (
        <div className="line">
          <button
            type="button"
            className="tool"
            title={t('storage.disk.change', { name })}
            aria-label={t('storage.disk.change', { name })}
            onClick={() => {
              props.onOpen({ is: 'change', volume });
            }}
          >
            <Pencil size={15} aria-hidden="true" />
          </button>
          {volume.own ? null : (
            <button
              type="button"
              className="tool"
              title={t('storage.disk.remove', { name })}
              aria-label={t('storage.disk.remove', { name })}
              onClick={() => {
                props.onOpen({ is: 'remove', volume });
              }}
            >
              <Unplug size={15} aria-hidden="true" />
            </button>
          )}
        </div>
      ) : null}
    </article>
  );
}

/** What is ours, what others have, what is free. */
function Room({ volume }: { volume: Volume }) {
  const { t } = useTranslation();
  const { totalBytes, freeBytes, storedBytes, segments, keptFreeBytes } = volume;
  // Of a disk that is not here, what it had free is of another time.
  if (!volume.here || totalBytes === null || freeBytes === null || totalBytes === 0)
    return <p className="quiet">{t('storage.disk.stored', { size: bytesOf(storedBytes), count: segments })}</p>;
  const share = (bytes: number): string => `${((Math.max(0, bytes) / totalBytes) * 100).toFixed(2)}%`;
  const used = totalBytes - freeBytes;
  return (
    <div>
      <p>{t('storage.disk.free', { free: bytesOf(freeBytes), total: bytesOf(totalBytes) })}</p>
      <div className="meter" data-tone={keptFreeBytes !== null && freeBytes < keptFreeBytes / 2 ? 'warn' : 'ok'}>
        <i style={{ width: share(Math.min(storedBytes, used)) }} />
        <i className="others" style={{ width: share(used - storedBytes) }} />
      </div>
      <p className="quiet">
        {t('storage.disk.stored', { size: bytesOf(storedBytes), count: segments })} ·{' '}
        {t('storage.disk.others', { size: bytesOf(Math.max(0, used - storedBytes)) })}
        {keptFreeBytes === null ? '' : ` · ${t('storage.disk.keptFree', { size: bytesOf(keptFreeBytes) })}`}
      </p>
    </div>
  );
}
