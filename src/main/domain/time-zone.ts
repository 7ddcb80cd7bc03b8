/** Wall-clock arithmetic in one IANA time zone, by Intl alone: right across changes of summer time. Pure. */

/** A moment as a clock on the wall shows it. `month` is 1 … 12. */
export type WallTime = {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
};

export type TimeZone = {
  name: string;
  /** Local minus UTC at a moment, ms. */
  offsetMs(atMs: number): number;
  wall(atMs: number): WallTime;
  /**
   * The moment a wall clock shows this (fields may overflow: day 32, hour -1). A time that occurs twice gives the first; one
   * that is skipped gives the moment as far after the jump as it lies after the skipped hour's start.
   */
  at(wall: Partial<WallTime> & Pick<WallTime, 'year'>): number;
  /**
   * The later moment at which the wall shows the same as at `atMs`: the clocks are set back in between. null: there is none.
   */
  again(atMs: number): number | null;
  /** First moment of the local day that holds `atMs`. */
  startOfDay(atMs: number): number;
  /** First moment of the local day `days` later. */
  addDays(atMs: number, days: number): number;
};

const bucketMs = 900_000; // every zone changes its offset at a whole quarter of an hour of UTC
const cacheSize = 4096;

/** Time zone of this machine. */
export const ownTimeZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Throws a RangeError for a name that is not known here. */
export function createTimeZone(name: string): TimeZone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const known = new Map<number, number>();

  const offsetMs = (atMs: number): number => {
    const bucket = Math.floor(atMs / bucketMs);
    const hit = known.get(bucket);
    if (hit !== undefined) return hit;
    const at = bucket * bucketMs;
    const part: Record<string, string> = {};
    for (const p of format.formatToParts(at)) part[p.type] = p.value;
    const n = (key: string): number => Number(part[key]);
    const year = part['era'] === 'BC' ? 1 - n('year') : n('year');
    const local = Date.UTC(year, n('month') - 1, n('day'), n('hour'), n('minute'), n('second'));
    if (known.size >= cacheSize) known.clear();
    known.set(bucket, local - at);
    return local - at;
  };

  const wall = (atMs: number): WallTime => {
    const d = new Date(atMs + offsetMs(atMs));
    return {
      year: d.getUTCFullYear(),
      month: d.getUTCMonth() + 1,
      day: d.getUTCDate(),
      hour: d.getUTCHours(),
      minute: d.getUTCMinutes(),
      second: d.getUTCSeconds(),
      ms: d.getUTCMilliseconds(),
    };
  };

  const at: TimeZone['at'] = (w) => {
    const local = Date.UTC(
      w.year,
      (w.month ?? 1) - 1,
      w.day ?? 1,
      w.hour ?? 0,
      w.minute ?? 0,
      w.second ?? 0,
      w.ms ?? 0,
    );
    const before = offsetMs(local - 86_400_000);
    const after = offsetMs(local + 86_400_000);
    // The larger offset gives the earlier moment, so a time that occurs twice gives its first occurrence.
    for (const offset of before >= after ? [before, after] : [after, before]) {
      if (offsetMs(local - offset) === offset) return local - offset;
    }
    return local - before;
  };

  const again = (atMs: number): number | null => {
    const later = offsetMs(atMs + 86_400_000);
    const then = atMs + offsetMs(atMs) - later;
    return then > atMs && offsetMs(then) === later ? then : null;
  };

  const startOfDay = (atMs: number): number => {
    const w = wall(atMs);
    return at({ year: w.year, month: w.month, day: w.day });
  };
  const addDays = (atMs: number, days: number): number => {
    const w = wall(atMs);
    return at({ year: w.year, month: w.month, day: w.day + days });
  };
  return { name, offsetMs, wall, at, again, startOfDay, addDays };
}
