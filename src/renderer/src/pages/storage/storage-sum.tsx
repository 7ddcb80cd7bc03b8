/** All disks in a sentence, above every part of storage: what comes in, how long it is kept, and when a guarantee will be broken. */
import { readForecast, useForecast, type StorageForecast } from '../../stores/storage.ts';
import { readVolumes, useVolumes } from '../../stores/volumes.ts';
import { bitRateOf, bytesOf, dateTimeOf, dayOf, daysOf } from '../../text/format.ts';
import { t } from '../../text/index.ts';
import { useReading } from '../../ui/use-reading.ts';
import { diskNameIn } from './disk-words.ts';
import { Warning } from './warning.tsx';

const everyMs = 30_000;
const readBoth = (signal: AbortSignal): Promise<unknown> => Promise.all([readForecast(signal), readVolumes(signal)]);

/** From the age that is kept least to the one that is kept most; null: for ever. `written` false: nothing is. */
export function reachWords(leastMs: number | null, mostMs: number | null, written: boolean): string {
  if (!written) return t('storage.forecast.nothingWritten');
  if (leastMs === null) return t('storage.forecast.forEver');
  const [least, most] = [daysOf(leastMs), mostMs === null ? t('storage.forecast.forEver') : daysOf(mostMs)];
  return least === most ? least : t('storage.forecast.between', { least, most });
}

/** When the room of one disk, or of all of them (`sum`), is used up. */
export function fullWords(of: 'forecast' | 'sum', fullAtMs: number | null, atMs: number): string {
  if (fullAtMs === null) return t(`storage.${of}.neverFull`);
  if (fullAtMs <= atMs) return t(`storage.${of}.full`);
  return t(`storage.${of}.fullAt`, { when: daysOf(fullAtMs - atMs), day: dayOf(fullAtMs) });
}

export function StorageSum() {
  const forecast = useForecast((s) => s.forecast);
  const fault = useReading(readBoth, everyMs);
  // Without it the parts below say what they know.
  if (forecast === null || forecast.volumes.length === 0)
    return fault === null ? null : <p className="fault">{fault}</p>;
  const { all, atMs } = forecast;
  const written = all.bytesPerDay > 0;
  return (
    <section className="storage-sum stack" aria-label={t('storage.sum.title')}>
      <p>
        <strong>{t('storage.sum.disks', { count: forecast.volumes.length })}</strong>{' '}
        {[
          written ? t('storage.forecast.perDay', { size: bytesOf(all.bytesPerDay) }) : t('storage.sum.nothing'),
          all.bitsPerSecond > 0 ? t('storage.sum.now', { rate: bitRateOf(all.bitsPerSecond) }) : '',
          t('storage.forecast.freeOf', {
            free: bytesOf(all.freeBytes),
            total: bytesOf(all.totalBytes),
            target: bytesOf(all.targetBytes),
          }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {written ? (
        <p>
          {t('storage.sum.kept', { reach: reachWords(all.leastMs, all.mostMs, true) })}{' '}
          {fullWords('sum', all.fullAtMs, atMs)}
        </p>
      ) : null}
      <Guarantee forecast={forecast} />
    </section>
  );
}

function Guarantee({ forecast: { all, atMs, streams, volumes } }: { forecast: StorageForecast }) {
  const disks = useVolumes((s) => s.list);
  const { short, shortAtMs } = all;
  if (short === null || shortAtMs === null)
    return streams.some((s) => s.minMs > 0) ? <p>{t('storage.sum.guaranteed')}</p> : null;
  const of = {
    at: dateTimeOf(shortAtMs),
    when: daysOf(Math.max(0, shortAtMs - atMs)),
    days: daysOf(short.minMs),
    name: short.name,
    disk: diskNameIn(disks, short.volume),
  };
  return (
    <Warning>
      {t(shortAtMs <= atMs ? 'storage.sum.broken' : 'storage.sum.short', of)}{' '}
      {t(volumes.length === 1 ? 'storage.sum.alone' : all.fits ? 'storage.sum.spread' : 'storage.sum.little')}
    </Warning>
  );
}
