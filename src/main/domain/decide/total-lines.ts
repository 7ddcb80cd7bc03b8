/** Quarters of an hour as they are kept become hours and days of a time zone. Pure. */
import { lineQuarterMs, type LineQuarter, type LineSpan } from '../line-totals.ts';
import type { TimeZone } from '../time-zone.ts';

const two = (n: number): string => String(n).padStart(2, '0');

/** The first moment of the day that lies so many days before that of `nowMs`, today among them. */
export const firstOfDays = (zone: TimeZone, nowMs: number, days: number): number =>
  zone.addDays(zone.startOfDay(nowMs), 1 - days);

/**
 * All hours and days from `fromMs` (a beginning of a day) to the end of the one that holds `nowMs`; of the last ones what has begun. Hours
 * begin where the wall clock shows a whole one, and where it is set, so that an hour that comes twice is two.
 */
export function totalLines(
  quarters: readonly LineQuarter[],
  zone: TimeZone,
  { fromMs, nowMs }: { fromMs: number; nowMs: number },
): { days: LineSpan[]; hours: LineSpan[] } {
  const kept = new Map(quarters.map((q) => [q.quarterMs, q]));
  const days: LineSpan[] = [];
  const hours: LineSpan[] = [];
  let offsetMs: number | null = null;
  for (let atMs = fromMs; atMs <= nowMs; atMs += lineQuarterMs) {
    const { year, month, day, hour, minute } = zone.wall(atMs);
    const date = `${String(year)}-${two(month)}-${two(day)}`;
    const isSet = offsetMs !== null && offsetMs !== zone.offsetMs(atMs);
    offsetMs = zone.offsetMs(atMs);
    const empty = { fromMs: atMs, toMs: atMs, day: date, in: 0, out: 0, lookedMs: 0 };
    if (days.at(-1)?.day !== date) days.push({ ...empty, hour: null });
    if (minute === 0 || isSet || hours.at(-1)?.day !== date)
      hours.push({ ...empty, hour: `${two(hour)}:${two(minute)}` });
    const q = kept.get(atMs);
    for (const span of [days.at(-1), hours.at(-1)]) {
      if (span === undefined) continue;
      span.toMs = atMs + lineQuarterMs;
      span.in += q?.in ?? 0;
      span.out += q?.out ?? 0;
      span.lookedMs += q?.lookedMs ?? 0;
    }
  }
  return { days, hours };
}

/** A span that was looked at, cut at quarters. */
export function quartersOf(fromMs: number, toMs: number): { quarterMs: number; lookedMs: number }[] {
  const cut: { quarterMs: number; lookedMs: number }[] = [];
  for (let atMs = fromMs; atMs < toMs; ) {
    const quarterMs = quarterOf(atMs);
    const endMs = Math.min(toMs, quarterMs + lineQuarterMs);
    cut.push({ quarterMs, lookedMs: endMs - atMs });
    atMs = endMs;
  }
  return cut;
}
export const quarterOf = (atMs: number): number => Math.floor(atMs / lineQuarterMs) * lineQuarterMs;
