/** Where old footage goes: the archives and how they do, and which footage goes to which. */
import { Button } from '@mantine/core';
import { Pencil, Plus, Unplug } from 'lucide-react';
import { useState } from 'react';
import type { ArchiveView } from '#domain/archive.ts';
import { stationNowMs } from '../../client/index.ts';
import { compareArchive, readArchives, testArchive, useArchives, type Compared } from '../../stores/archives.ts';
import { readRetention, useRetention } from '../../stores/retention.ts';
import { bitRateOf, bytesOf, dateTimeOf, numberOf, sinceOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { Mark } from '../../ui/mark.tsx';
import { tell, tellRefusal } from '../../ui/tell.ts';
import { useReading } from '../../ui/use-reading.ts';
import { ArchiveDialog, RemoveArchive } from './archive-dialogs.tsx';
import { Warning } from './warning.tsx';
import { OwnTiers, StationTiers } from './tier-rules.tsx';

const everyMs = 3_000;
const keptEveryMs = 10_000;
type Open = { is: 'add' } | { is: 'change' | 'remove'; archive: ArchiveView };

export function ArchivesTab() {
  const { t } = useTranslation();
  const { list, tiering } = useArchives();
  const kept = useRetention((s) => s.state);
  const fault = useReading(readArchives, everyMs);
  const keptFault = useReading(readRetention, keptEveryMs);
  const [open, setOpen] = useState<Open | null>(null);
  const close = (): void => {
    setOpen(null);
  };
  if (list === null || tiering === null || kept === null)
    return (
      <p className={fault === null && keptFault === null ? 'blank' : 'fault'}>
        {fault ?? keptFault ?? t('archive.reading')}
      </p>
    );
  return (
    <div className="stack">
      {fault === null ? null : <p className="fault">{fault}</p>}
      <div className="line">
        <p className="quiet" style={{ flex: '1 1 20rem' }}>
          {t('archive.lead')}
        </p>
        <Button
          leftSection={<Plus size={15} aria-hidden="true" />}
          onClick={() => {
            setOpen({ is: 'add' });
          }}
        >
          {t('archive.add')}
        </Button>
      </div>
      <ul className="disks">
        {list.map((archive) => (
          <li key={archive.archive}>
            <Archive archive={archive} onOpen={setOpen} />
          </li>
        ))}
      </ul>
      {list.length === 0 ? null : (
        <>
          <section className="section">
            <h2>{t('archive.rules')}</h2>
            <StationTiers
              key={JSON.stringify(tiering.station)}
              tiering={tiering}
              archives={list}
              streams={kept.streams}
            />
          </section>
          <section className="section">
            <h2>{t('archive.cameras')}</h2>
            <OwnTiers tiering={tiering} archives={list} streams={kept.streams} />
          </section>
        </>
      )}
      {open?.is === 'add' ? <ArchiveDialog archive={null} onClose={close} /> : null}
      {open?.is === 'change' ? <ArchiveDialog archive={open.archive} onClose={close} /> : null}
      {open?.is === 'remove' ? <RemoveArchive archive={open.archive} onClose={close} /> : null}
    </div>
  );
}

function Archive({ archive, onOpen }: { archive: ArchiveView; onOpen: (open: Open) => void }) {
  const { t } = useTranslation();
  const { name, place, trouble, waiting, copies, only } = archive;
  const where =
    place.kind === 'folder'
      ? place.path
      : `${place.endpoint}/${[place.bucket, place.prefix].filter(Boolean).join('/')}`;
  return (
    <article className="card disk" aria-label={name}>
      <div className="disk-head">
        <h2>{name}</h2>
        <span className="mono">{where}</span>
        <Mark tone={trouble === null ? 'ok' : 'warn'}>
          {trouble === null || archive.sinceMs === null
            ? t(`archive.is.${archive.is}`)
            : t('archive.troubleSince', {
                trouble: t(`archive.trouble.${trouble}`),
                time: sinceOf(archive.sinceMs, stationNowMs()),
              })}
        </Mark>
      </div>
      {archive.words === null ? null : (
        <div className="disk-trouble">
          <Warning>
            {`${archive.words} ${archive.nextTryMs === null ? '' : t('archive.nextTry', { time: dateTimeOf(archive.nextTryMs) })}`}
          </Warning>
        </div>
      )}
      <div>
        <p>
          {waiting.segments === 0
            ? t('archive.nothingWaits')
            : t(waiting.more ? 'archive.waitsMore' : 'archive.waits', {
                count: waiting.segments,
                size: bytesOf(waiting.bytes),
              })}
        </p>
        {archive.resting > 0 ? <p>{t('archive.resting', { count: archive.resting })}</p> : null}
        <p className="quiet">
          {archive.bytesPerSecond > 0 ? bitRateOf(archive.bytesPerSecond * 8) : t('archive.nothingSent')}
        </p>
      </div>
      <div>
        <p>{t('archive.copies', { count: copies.segments, size: bytesOf(copies.bytes) })}</p>
        <p className="quiet">
          {[
            t('archive.only', { count: only.segments, size: bytesOf(only.bytes) }),
            archive.freeBytes === null ? '' : t('archive.free', { size: bytesOf(archive.freeBytes) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <Tools archive={archive} onOpen={onOpen} />
    </article>
  );
}

function Tools({ archive, onOpen }: { archive: ArchiveView; onOpen: (open: Open) => void }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState<'test' | 'compare' | null>(null);
  const [compared, setCompared] = useState<Compared | null>(null);
  const { name } = archive;
  const during = (what: 'test' | 'compare', work: () => Promise<void>): void => {
    setBusy(what);
    work()
      .catch(tellRefusal)
      .finally(() => {
        setBusy(null);
      });
  };
  return (
    <>
      <div className="line">
        <button
          type="button"
          className="tool"
          title={t('archive.change', { name })}
          aria-label={t('archive.change', { name })}
          onClick={() => {
            onOpen({ is: 'change', archive });
          }}
        >
          <Pencil size={15} aria-hidden="true" />
        </button>
        <button
          type="button"
          className="tool"
          title={t('archive.remove', { name })}
          aria-label={t('archive.remove', { name })}
          onClick={() => {
            onOpen({ is: 'remove', archive });
          }}
        >
          <Unplug size={15} aria-hidden="true" />
        </button>
      </div>
      <div className="disk-trouble line">
        <Button
          variant="default"
          size="xs"
          loading={busy === 'test'}
          onClick={() => {
            during('test', async () => {
              await testArchive(archive.archive);
              tell(t('archive.works'));
            });
          }}
        >
          {t('archive.test')}
        </Button>
        <Button
          variant="default"
          size="xs"
          loading={busy === 'compare'}
          onClick={() => {
            during('compare', async () => {
              setCompared(await compareArchive(archive.archive));
            });
          }}
        >
          {t('archive.compare')}
        </Button>
        {compared === null ? null : (
          <div role="status">
            <p>
              {t('archive.compared', { count: compared.objects, size: bytesOf(compared.bytes) })}{' '}
              {(['takenIn', 'sentAgain', 'missing', 'differing', 'unknown'] as const)
                .filter((what) => compared[what] > 0)
                .map((what) => t(`archive.found.${what}`, { number: numberOf(compared[what]) }))
                .join(' ')}
            </p>
            {compared.names.map((key) => (
              <p key={key} className="mono">
                {key}
              </p>
            ))}
          </div>
        )}
      </div>
    </>
  );
}
