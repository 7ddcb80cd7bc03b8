/** How long the disks last: each disk in a sentence, each stream in a row. */
import { useState } from 'react';
import { dayMs } from '#domain/time.ts';
import { useCameras } from '../../stores/cameras.ts';
import { readForecast, useForecast, type StorageForecast } from '../../stores/storage.ts';
import { useVolumes, readVolumes } from '../../stores/volumes.ts';
import { bitRateOf, bytesOf, daysOf, durationOf, sinceOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { SortHead, sortRows, type SortBy } from '../../ui/sort-head.tsx';
import { useReading } from '../../ui/use-reading.ts';
import { fullWords, reachWords } from './storage-sum.tsx';
import { Warning } from './warning.tsx';
import { diskNameIn } from './disk-words.ts';
import { TableScroll } from '../../ui/table-scroll.tsx';

type Row = StorageForecast['streams'][number];
type OfVolume = StorageForecast['volumes'][number];
const everyMs = 30_000;
const readBoth = (signal: AbortSignal): Promise<unknown> => Promise.all([readForecast(signal), readVolumes(signal)]);

const columns = ['camera', 'stream', 'holds', 'limit', 'kept', 'day', 'rate', 'stored'] as const;
type Column = (typeof columns)[number];
const numeric: ReadonlySet<Column> = new Set(['rate', 'day', 'stored', 'kept', 'holds']);

export function ForecastTab() {
  const { t } = useTranslation();
  const forecast = useForecast((s) => s.forecast);
  const fault = useReading(readBoth, everyMs);
  if (forecast === null)
    return <p className={fault === null ? 'blank' : 'fault'}>{fault ?? t('storage.forecast.reading')}</p>;
  return (
    <>
      {fault === null ? null : <p className="fault">{fault}</p>}
      <section className="stack forecast-all" aria-label={t('storage.forecast.inAll')}>
        <p className="quiet">{t('storage.forecast.lead')}</p>
        <div className="forecasts">
          {forecast.volumes.map((volume) => (
            <OneDisk key={volume.volume} of={volume} forecast={forecast} />
          ))}
        </div>
        {forecast.volumes.length === 0 ? <p>{t('storage.forecast.noDisk')}</p> : null}
      </section>
      <section aria-label={t('storage.forecast.streams')}>
        <Streams forecast={forecast} />
      </section>
    </>
  );
}

function OneDisk({ of, forecast }: { of: OfVolume; forecast: StorageForecast }) {
  const { t } = useTranslation();
  const disks = useVolumes((s) => s.list);
  const mine = forecast.streams.filter((s) => s.volume === of.volume && s.bytesPerDay > 0);
  const held = mine.flatMap((s) => (s.holdsMs === null ? [] : [s.holdsMs]));
  return (
    <article className="card forecast">
      <h3>{diskNameIn(disks, of.volume, of.path)}</h3>
      <p>
        <span className="forecast-days">
          {reachWords(
            held.length === 0 ? null : Math.min(...held),
            held.length === 0 ? null : Math.max(...held),
            mine.length > 0,
          )}
        </span>
        {mine.length === 0 || held.length === 0 ? null : (
          <span className="quiet"> {t('storage.forecast.willBeKept')}</span>
        )}
      </p>
      <p>{fullWords('forecast', of.fullAtMs, forecast.atMs)}</p>
      <dl className="facts">
        <dt>{t('storage.forecast.written')}</dt>
        <dd>{t('storage.forecast.perDay', { size: bytesOf(of.bytesPerDay) })}</dd>
        <dt>{t('storage.forecast.free')}</dt>
        <dd>
          {t('storage.forecast.freeOf', {
            free: bytesOf(of.freeBytes),
            total: bytesOf(of.totalBytes),
            target: bytesOf(of.targetBytes),
          })}
        </dd>
        {of.heldBytes === 0 ? null : (
          <>
            <dt>{t('storage.forecast.held')}</dt>
            <dd>{bytesOf(of.heldBytes)}</dd>
          </>
        )}
      </dl>
      {of.short === null || of.shortAtMs === null ? null : (
        <Warning>
          {t('storage.forecast.short', {
            when: daysOf(Math.max(0, of.shortAtMs - forecast.atMs)),
            days: daysOf(of.short.minMs),
            name: of.short.name,
          })}
        </Warning>
      )}
    </article>
  );
}

/** What a column is sorted by; null: unknown, always last. */
function keyOf(row: Row, by: Column): number | string | null {
  switch (by) {
    case 'camera':
      return row.name.toLocaleLowerCase();
    case 'stream':
      return row.stream;
    case 'rate':
      return row.bitsPerSecond;
    case 'day':
      return row.bytesPerDay;
    case 'stored':
      return row.bytes;
    case 'kept':
      return row.keptMs;
    case 'holds':
      return row.holdsMs ?? Infinity;
    case 'limit':
      return row.shortAtMs === null ? row.limit : '';
  }
}

function Streams({ forecast }: { forecast: StorageForecast }) {
  const { t } = useTranslation();
  const byId = useCameras((s) => s.byId);
  const [sort, setSort] = useState<SortBy<Column>>({ by: 'holds', down: false });
  const named = forecast.streams.map((row) => {
    const camera = byId.get(row.cameraId);
    return { ...row, name: camera === undefined ? row.name : `${String(camera.number)} ${camera.name}` };
  });
  if (named.length === 0) return <p className="blank">{t('storage.forecast.empty')}</p>;
  return (
    <TableScroll label={t('storage.forecast.streams')}>
      <table className="table">
        <caption className="away">{t('storage.forecast.streams')}</caption>
        <SortHead
          columns={columns}
          numeric={numeric}
          sort={sort}
          label={(c) => t(`storage.forecast.column.${c}`)}
          onSort={setSort}
        />
        <tbody>
          {sortRows(named, sort, keyOf).map((row) => (
            <tr key={`${row.cameraId} ${row.stream}`}>
              <td className="name">
                {row.name}
                {row.removed ? <span className="quiet"> {t('storage.forecast.removed')}</span> : null}
              </td>
              <td>{t(`retention.stream.${row.stream}`)}</td>
              <td className="num">{holds(row)}</td>
              <td className="forecast-why">{why(row)}</td>
              <td className="num">{row.keptMs === null ? '' : daysOf(row.keptMs)}</td>
              <td className="num">{perDay(row)}</td>
              <td className="num">{row.bitsPerSecond > 0 ? bitRateOf(row.bitsPerSecond) : ''}</td>
              <td className="num">{row.bytes > 0 ? bytesOf(row.bytes) : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableScroll>
  );

  function perDay({ basis, bytesPerDay, knownMs }: Row): React.ReactNode {
    if (basis === 'off') return <span className="quiet">{t('storage.forecast.basis.off')}</span>;
    if (basis === 'unknown') return <span className="quiet">{t('storage.forecast.basis.unknown')}</span>;
    const size = bytesOf(bytesPerDay);
    return basis === 'live' ? (
      <span title={t('storage.forecast.basis.liveHint')}>{t('storage.forecast.basis.live', { size })}</span>
    ) : knownMs < dayMs ? (
      <span title={t('storage.forecast.basis.recordedHint', { known: durationOf(knownMs) })}>
        {t('storage.forecast.basis.live', { size })}
      </span>
    ) : (
      size
    );
  }
  function holds({ basis, bytesPerDay, holdsMs }: Row): string {
    if (basis === 'off' || bytesPerDay === 0) return '';
    return holdsMs === null ? t('storage.forecast.forEver') : daysOf(holdsMs);
  }
  function why({ basis, bytesPerDay, limit, shortAtMs, minMs, holdsMs, diskMs }: Row): React.ReactNode {
    if (shortAtMs !== null)
      return (
        <strong className="fault">
          {t('storage.forecast.cannot', { days: daysOf(minMs), time: sinceOf(shortAtMs, forecast.atMs) })}
        </strong>
      );
    if (basis === 'off' || bytesPerDay === 0) return '';
    const words = t(`storage.forecast.limit.${limit}`);
    return diskMs === null || diskMs === holdsMs
      ? words
      : `${words} · ${t('storage.forecast.movesOn', { days: daysOf(diskMs) })}`;
  }
}
