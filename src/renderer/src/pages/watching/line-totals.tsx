/** How many crossed a line that counts: day by day for four weeks, and hour by hour of one of them. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { CameraId, LineId } from '#domain/id.ts';
import type { LineSpan, LineTotals } from '#domain/line-totals.ts';
import { readLineTotals } from '../../stores/watching.ts';
import { dayOf, durationOf, numberOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { useReading } from '../../ui/use-reading.ts';
import { heightsOf, isWhole } from './line-bars.ts';

const everyMs = 30_000;
/** The day as it is written where the line is, whatever the time zone of this screen. */
const dayWords = (day: string): string => dayOf(Date.parse(`${day}T12:00:00`));

export function LineTotalsPart({ cameraId, lineId }: { cameraId: CameraId; lineId: LineId }) {
  const { t } = useTranslation();
  const [read, setRead] = useState<{ totals: LineTotals; atMs: number } | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const reading = useCallback(
    async (signal: AbortSignal) => {
      setRead(await readLineTotals(cameraId, lineId, signal));
    },
    [cameraId, lineId],
  );
  const fault = useReading(reading, everyMs);
  if (read === null)
    return <p className={fault === null ? 'quiet' : 'fault'}>{fault ?? t('watching.totals.reading')}</p>;
  const { totals, atMs } = read;
  const { days, zone } = totals;
  const day = days.find((d) => d.day === chosen) ?? days.at(-1);
  if (day === undefined) return null;
  const at = days.indexOf(day);
  const hours = totals.hours.filter((h) => h.day === day.day);
  const go = (to: LineSpan | undefined): void => {
    if (to !== undefined) setChosen(to === days.at(-1) ? null : to.day);
  };
  const csv = (by: 'day' | 'hour'): string => `/api/cameras/${cameraId}/lines/${lineId}/totals.csv?by=${by}`;
  return (
    <div className="stack line-totals">
      {fault === null ? null : <p className="fault">{fault}</p>}
      <Bars
        spans={days}
        atMs={atMs}
        chosen={day}
        label={t('watching.totals.days', { count: days.length })}
        onChoose={go}
      />
      <div className="line line-day">
        <button
          type="button"
          className="tool"
          disabled={at === 0}
          title={t('watching.totals.before')}
          aria-label={t('watching.totals.before')}
          onClick={() => {
            go(days[at - 1]);
          }}
        >
          <ChevronLeft size={15} aria-hidden="true" />
        </button>
        <strong role="status">
          {dayWords(day.day)}
          {t('app.sign.colon')}
          {t('watching.line.counted', { in: numberOf(day.in), out: numberOf(day.out) })}
        </strong>
        <button
          type="button"
          className="tool"
          disabled={at === days.length - 1}
          title={t('watching.totals.after')}
          aria-label={t('watching.totals.after')}
          onClick={() => {
            go(days[at + 1]);
          }}
        >
          <ChevronRight size={15} aria-hidden="true" />
        </button>
      </div>
      <Bars spans={hours} atMs={atMs} chosen={null} label={t('watching.totals.hours', { day: dayWords(day.day) })} />
      <p className="quiet watch-note">{t('watching.totals.legend', { zone })}</p>
      <div className="line-hours" tabIndex={0} role="group" aria-label={t('watching.totals.table')}>
        <table className="table">
          <thead>
            <tr>
              <th>{t('watching.totals.hour')}</th>
              <th className="num">{t('watching.totals.in')}</th>
              <th className="num">{t('watching.totals.out')}</th>
              <th>{t('watching.totals.looked')}</th>
            </tr>
          </thead>
          <tbody>
            {[...hours].reverse().map((h) => (
              <tr key={h.fromMs}>
                <td>{h.hour}</td>
                <td className="num">{numberOf(h.in)}</td>
                <td className="num">{numberOf(h.out)}</td>
                <td className="quiet">
                  {isWhole(h, atMs)
                    ? t('watching.totals.always')
                    : h.lookedMs < 60_000
                      ? t('watching.totals.never')
                      : durationOf(h.lookedMs)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="line">
        <a href={csv('day')} download>
          {t('watching.totals.csvDays')}
        </a>
        <a href={csv('hour')} download>
          {t('watching.totals.csvHours')}
        </a>
      </div>
    </div>
  );
}

/** In above the line, out below it; hatched where it was not looked at all of the time. */
function Bars({
  spans,
  atMs,
  chosen,
  label,
  onChoose,
}: {
  spans: readonly LineSpan[];
  atMs: number;
  chosen: LineSpan | null;
  label: string;
  onChoose?: (span: LineSpan) => void;
}) {
  const { most, up, down } = heightsOf(spans);
  return (
    <figure className="line-bars">
      <span className="quiet line-most" aria-hidden="true">
        {numberOf(most)}
      </span>
      <svg viewBox={`0 0 ${String(spans.length * 10)} 64`} preserveAspectRatio="none" role="img" aria-label={label}>
        <defs>
          <pattern id="line-unlooked" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <path d="M0 0V4" />
          </pattern>
        </defs>
        {spans.map((span, i) => (
          <g key={span.fromMs} data-chosen={span === chosen} onClick={() => onChoose?.(span)}>
            <rect className="line-bar-ground" x={i * 10} y="0" width="10" height="64" />
            {isWhole(span, atMs) ? null : (
              <rect className="line-bar-unlooked" x={i * 10} y="0" width="10" height="64" />
            )}
            <rect className="line-bar-in" x={i * 10 + 1.5} y={32 - (up[i] ?? 0)} width="7" height={up[i] ?? 0} />
            <rect className="line-bar-out" x={i * 10 + 1.5} y="32" width="7" height={down[i] ?? 0} />
          </g>
        ))}
        <path className="line-bar-axis" d={`M0 32H${String(spans.length * 10)}`} />
      </svg>
    </figure>
  );
}
