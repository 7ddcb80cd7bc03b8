/** A month of days, those with footage marked; local midnights, so days of 23 and 25 hours are right. */
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { stationNowMs } from '../client/index.ts';
import { useTranslation } from '../text/index.ts';
import type { Shown } from './focus.ts';
import type { Labels } from './labels.ts';
import { daysWithVideo } from './store.ts';
import type { TimeZone } from '#domain/time-zone.ts';

/** First moments of the 42 days a month's page shows (weeks from Monday), and of the day after. Pure. */
export function monthPage(zone: TimeZone, inMonthMs: number): number[] {
  const w = zone.wall(inMonthMs);
  const first = new Date(Date.UTC(w.year, w.month - 1, 1)).getUTCDay();
  const lead = (first + 6) % 7;
  return Array.from({ length: 43 }, (_, i) => zone.at({ year: w.year, month: w.month, day: 1 - lead + i }));
}

type Props = {
  shown: Shown;
  zone: TimeZone;
  labels: Labels;
  atMs: number;
  onPick(dayMs: number): void;
  onClose(): void;
};

export function Calendar({ shown, zone, labels, atMs, onPick, onClose }: Props) {
  const { t } = useTranslation();
  const [cursorMs, setCursorMs] = useState(() => zone.startOfDay(atMs));
  const [covered, setCovered] = useState<ReadonlyMap<number, boolean>>(new Map());
  const grid = useRef<HTMLDivElement>(null);
  const month = zone.wall(cursorMs);
  const monthKey = month.year * 12 + month.month;
  // eslint's rule of hooks wants the moment itself; the page only changes with the month.
  const days = useMemo(
    () => monthPage(zone, zone.at({ year: Math.floor((monthKey - 1) / 12), month: ((monthKey - 1) % 12) + 1 })),
    [zone, monthKey],
  );
  const now = stationNowMs();
  const today = zone.startOfDay(now);

  useEffect(() => {
    const abort = new AbortController();
    let again: ReturnType<typeof setTimeout> | null = null;
    const ask = (): void => {
      daysWithVideo(days, shown.cameras, abort.signal).then(
        (flags) => {
          setCovered((was) => new Map([...was, ...days.slice(0, 42).map((d, i) => [d, flags[i] === true] as const)]));
        },
        () => {
          if (!abort.signal.aborted) again = setTimeout(ask, 1_500); // what is known stays meanwhile
        },
      );
    };
    ask();
    return () => {
      abort.abort();
      if (again !== null) clearTimeout(again);
    };
  }, [days, shown.cameras]);

  useEffect(() => {
    // A month that is turned by its button keeps the focus there: it is pressed again.
    const at = document.activeElement;
    if (at !== null && at.closest('.tl-calendar header') !== null) return;
    grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }, [cursorMs]);

  const move = (by: number): void => {
    const next = zone.addDays(cursorMs, by);
    if (next <= now) setCursorMs(next);
  };
  const moveMonth = (by: number): void => {
    const w = zone.wall(cursorMs);
    setCursorMs(Math.min(today, zone.at({ year: w.year, month: w.month + by })));
  };
  const onKey = (e: React.KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[e.key];
    if (by !== undefined) move(by);
    else if (e.key === 'PageUp') moveMonth(-1);
    else if (e.key === 'PageDown') moveMonth(1);
    else if (e.key === 'Escape') onClose();
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <div className="tl-calendar" role="dialog" aria-label={t('timeline.calendar')} onKeyDown={onKey}>
      <header>
        <button
          type="button"
          className="tl-button"
          aria-label={t('timeline.previousMonth')}
          title={t('timeline.previousMonth')}
          onClick={() => {
            moveMonth(-1);
          }}
        >
          <ChevronLeft size={16} aria-hidden />
        </button>
        <strong aria-live="polite">{labels.month(cursorMs)}</strong>
        <button
          type="button"
          className="tl-button"
          aria-label={t('timeline.nextMonth')}
          title={t('timeline.nextMonth')}
          onClick={() => {
            moveMonth(1);
          }}
        >
          <ChevronRight size={16} aria-hidden />
        </button>
      </header>
      <div ref={grid} role="grid" aria-label={labels.month(cursorMs)} className="tl-days">
        <div role="row" className="tl-week">
          {labels.weekdays().map((d) => (
            <span key={d.long} role="columnheader" aria-label={d.long}>
              {d.short}
            </span>
          ))}
        </div>
        {Array.from({ length: 6 }, (_, week) => (
          <div key={week} role="row" className="tl-week">
            {days.slice(week * 7, week * 7 + 7).map((day) => {
              const has = covered.get(day);
              const other = zone.wall(day).month !== month.month;
              return (
                <button
                  key={day}
                  type="button"
                  role="gridcell"
                  className="tl-day"
                  data-other={other || undefined}
                  data-has={has || undefined}
                  data-today={day === today || undefined}
                  aria-selected={day === cursorMs}
                  aria-label={`${labels.day(day)}${has === undefined ? '' : `, ${t(has ? 'timeline.hasVideo' : 'timeline.noVideo')}`}`}
                  tabIndex={day === cursorMs ? 0 : -1}
                  disabled={day > now}
                  onClick={() => {
                    onPick(day);
                  }}
                >
                  {labels.dayNumber(day)}
                </button>
              );
            })}
          </div>
        ))}
      </div>
      <footer>
        <button
          type="button"
          className="tl-button tl-wide"
          onClick={() => {
            onPick(today);
          }}
        >
          {t('timeline.today')}
        </button>
      </footer>
    </div>
  );
}
