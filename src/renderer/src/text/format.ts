/** Numbers, times and sizes as a person of the chosen language reads them. */
import { locale } from './index.ts';

const cache = new Map<string, Intl.DateTimeFormat>();

function dates(kind: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()} ${kind}`;
  let format = cache.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale(), options);
    cache.set(key, format);
  }
  return format;
}

const hms: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };

/** 14:03:27 */
export const clockOf = (ms: number): string => dates('clock', hms).format(ms);
/** 14:03 */
export const minuteOf = (ms: number): string =>
  dates('minute', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(ms);
/** 14:03, of minutes since midnight; 24:00 is the end of the day. */
export const clockOfMinutes = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
/** CET */
export const zoneOf = (ms: number): string =>
  dates('zone', { hour: 'numeric', timeZoneName: 'short' })
    .formatToParts(ms)
    .find((p) => p.type === 'timeZoneName')?.value ?? 'UTC';
/** November 2026 */
export const monthOf = (ms: number): string => dates('month', { month: 'long', year: 'numeric' }).format(ms);
/** Sun 22 Nov */
export const dayOf = (ms: number): string =>
  dates('day', { weekday: 'short', day: 'numeric', month: 'short' }).format(ms);
/** Monday, or Mon; `day` 0 is Monday. 5 January 2026 was one. */
export const weekdayOf = (day: number, style: 'long' | 'short' = 'long'): string =>
  dates(`weekday ${style}`, { weekday: style, timeZone: 'UTC' }).format(Date.UTC(2026, 0, 5 + day));
/** 24 Dec 2026, or without its year; `day`: as calendars write it, 2026-12-24. */
export const calendarDayOf = (day: string, year: boolean): string =>
  dates(`calendar ${String(year)}`, {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
    ...(year && { year: 'numeric' }),
  }).format(Date.parse(day));
/** The clocks show this time twice, because they are set back before or after it. */
const comesTwice = (ms: number): boolean =>
  [-60, -30, 30, 60].some(
    (minutes) =>
      new Date(ms + minutes * 60_000).toDateString() === new Date(ms).toDateString() &&
      clockOf(ms + minutes * 60_000) === clockOf(ms),
  );
/** 22 Nov 2026, 14:03:27; where that comes twice with its zone: 25 Oct 2026, 02:30:00 CEST */
export const dateTimeOf = (ms: number): string => {
  const text = dates('datetime', { day: 'numeric', month: 'short', year: 'numeric', ...hms }).format(ms);
  return comesTwice(ms) ? `${text} ${zoneOf(ms)}` : text;
};
/** 14:03:27 today, else with its day. */
export function sinceOf(ms: number, nowMs: number): string {
  return new Date(ms).toDateString() === new Date(nowMs).toDateString() ? clockOf(ms) : `${dayOf(ms)} ${minuteOf(ms)}`;
}

const numbers = (options: Intl.NumberFormatOptions): Intl.NumberFormat => new Intl.NumberFormat(locale(), options);

/** 1.5 MB, powers of 1000 as disk makers count. */
export function bytesOf(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  const unit = units[step] ?? 'byte';
  // "6 byte" is what the short one would be.
  const unitDisplay = unit === 'byte' ? 'long' : 'short';
  return numbers({ style: 'unit', unit, unitDisplay, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

/** 2.1 Mbit/s */
export const bitRateOf = (bitsPerSecond: number): string =>
  bitsPerSecond >= 1e6
    ? `${numbers({ maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(bitsPerSecond / 1e6)} Mbit/s`
    : `${numbers({ maximumFractionDigits: 0 }).format(bitsPerSecond / 1e3)} kbit/s`;

export const numberOf = (value: number, digits = 0): string =>
  numbers({ maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);

/** 50 %, as the language writes it; `digits` after the point. */
export const percentOf = (share: number, digits = 0): string =>
  numbers({ style: 'percent', maximumFractionDigits: digits, minimumFractionDigits: digits }).format(share);

/** 0.5 or 0,5: what stands before the decimals. */
export const decimalSign = (): string =>
  numbers({})
    .formatToParts(0.5)
    .find((p) => p.type === 'decimal')?.value ?? '.';

/** What stands behind a number of per cent: for fields in which one is typed. */
export const percentSign = (): string =>
  numbers({ style: 'percent' })
    .formatToParts(1)
    .reduce((sign, { type, value }) => (type === 'literal' || type === 'percentSign' ? sign + value : sign), '');

const unit = (value: number, name: 'second' | 'minute' | 'hour' | 'day'): string =>
  numbers({ style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 0 }).format(value);

/** 8.4 ms, 12 ms, 1,200 ms */
export function millisecondsOf(ms: number): string {
  const digits = ms < 9.95 ? 1 : 0;
  return numbers({ style: 'unit', unit: 'millisecond', unitDisplay: 'short', maximumFractionDigits: digits }).format(
    ms,
  );
}

/** 12 sec · 3 min · 2 hr 5 min · 3 days */
export function durationOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return unit(seconds, 'second');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return unit(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  if (hours < 48)
    return minutes % 60 === 0 ? unit(hours, 'hour') : `${unit(hours, 'hour')} ${unit(minutes % 60, 'minute')}`;
  return unit(Math.floor(hours / 24), 'day');
}

/** How long something lasted: `< 1 sec` below a second; empty for what only happened. */
export const lastedOf = (ms: number): string => (ms <= 0 ? '' : ms < 1000 ? `< ${unit(1, 'second')}` : durationOf(ms));

/** 0.5 sec, 2 sec, and from ten seconds on as `durationOf`. */
export const spanOf = (ms: number): string =>
  ms >= 9_950
    ? durationOf(ms)
    : numbers({ style: 'unit', unit: 'second', unitDisplay: 'short', maximumFractionDigits: 1 }).format(
        Math.max(0, ms) / 1000,
      );

/** 3.4 days, 12 days; hours below one day. */
export function daysOf(ms: number): string {
  const days = ms / 86_400_000;
  if (days < 1) return durationOf(ms);
  return numbers({
    style: 'unit',
    unit: 'day',
    unitDisplay: 'long',
    maximumFractionDigits: days < 9.95 && Math.abs(days - Math.round(days)) > 0.05 ? 1 : 0,
  }).format(days);
}

/** A fingerprint as people compare it: groups of four, in capitals. */
export const printOf = (pin: string): string =>
  pin
    .toUpperCase()
    .match(/.{1,4}/g)
    ?.join(' ') ?? pin;
