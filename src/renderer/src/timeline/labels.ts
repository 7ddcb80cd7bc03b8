/** Times of the ruler, the tooltip and the screen reader, by Intl in the zone and language shown. */
import type { TickStep } from './ticks.ts';

export type Labels = {
  tick(atMs: number, step: TickStep): string;
  /** Sun 22 Nov */
  day(atMs: number): string;
  /** November 2026 */
  month(atMs: number): string;
  /** 14:03:27, with tenths when the scale shows them. */
  clock(atMs: number, fine?: boolean): string;
  /** Sun 22 Nov, 14:03:27 */
  full(atMs: number): string;
  /** CEST, or UTC+2 where the language has no name for it: tells two moments of one clock time apart. */
  zone(atMs: number): string;
  /** Sunday, 22 November 2026 at 14:03:27 */
  spoken(atMs: number): string;
  /** One letter to three, Monday first: heads of the calendar. */
  weekdays(): { short: string; long: string }[];
  /** 22 */
  dayNumber(atMs: number): string;
};

export function createLabels(locale: string, timeZone: string): Labels {
  const made = new Map<string, Intl.DateTimeFormat>();
  const format = (key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
    let f = made.get(key);
    if (!f) {
      f = new Intl.DateTimeFormat(locale, { timeZone, ...options });
      made.set(key, f);
    }
    return f;
  };
  const hm = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const hms = { ...hm, second: '2-digit' } as const;
  const tenths = { ...hms, fractionalSecondDigits: 1 } as const;
  const day = { weekday: 'short', day: 'numeric', month: 'short' } as const;
  return {
    tick(atMs, step) {
      if (step.unit === 'months') return format('mon', { month: 'short' }).format(atMs);
      if (step.unit === 'days') return format('dm', { day: 'numeric', month: 'short' }).format(atMs);
      if (step.ms < 1000) return format('tenths', tenths).format(atMs);
      return step.ms < 60_000 ? format('hms', hms).format(atMs) : format('hm', hm).format(atMs);
    },
    day: (atMs) => format('day', day).format(atMs),
    month: (atMs) => format('month', { month: 'long', year: 'numeric' }).format(atMs),
    clock: (atMs, fine = false) => (fine ? format('tenths', tenths) : format('hms', hms)).format(atMs),
    full: (atMs) => format('full', { ...day, ...hms }).format(atMs),
    zone: (atMs) =>
      format('zone', { timeZoneName: 'short' })
        .formatToParts(atMs)
        .find((part) => part.type === 'timeZoneName')?.value ?? '',
    spoken: (atMs) => format('spoken', { dateStyle: 'full', timeStyle: 'medium', hourCycle: 'h23' }).format(atMs),
    weekdays() {
      const monday = Date.UTC(2026, 10, 23, 12);
      const names = (weekday: 'short' | 'long'): Intl.DateTimeFormat =>
        new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday });
      const [short, long] = [names('short'), names('long')];
      return Array.from({ length: 7 }, (_, i) => ({
        short: short.format(monday + i * 86_400_000),
        long: long.format(monday + i * 86_400_000),
      }));
    },
    dayNumber: (atMs) => format('d', { day: 'numeric' }).format(atMs),
  };
}
