/** Times and durations as XML Schema writes them (XML Schema Part 2 §3.2.6, §3.2.7). */

/** `2026-01-02T03:04:05.678Z` of UTC milliseconds. */
export const isoTime = (ms: number): string => new Date(Math.round(ms)).toISOString();

/** UTC milliseconds of a dateTime; null when it is none. Without a zone it is taken as UTC. */
export function readTime(text: string): number | null {
  const m = /^(-?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,12})?(Z|[+-]\d\d:\d\d)?$/.exec(text.trim());
  if (!m) return null;
  const ms = Date.parse(`${m[1] ?? ''}${(m[2] ?? '').slice(0, 4)}${m[3] ?? 'Z'}`);
  return Number.isFinite(ms) ? ms : null;
}

/** Whole milliseconds of a duration (`PT10S`, `P1DT2H`); months and years have no length of their own and are refused: null. */
export function readDuration(text: string): number | null {
  const m = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?$/.exec(text.trim());
  if (!m || /[PT]$/.test(text.trim())) return null;
  const [d, h, min, s] = [m[1], m[2], m[3], m[4]].map((v) => (v === undefined ? 0 : Number(v)));
  return (((d ?? 0) * 24 + (h ?? 0)) * 60 + (min ?? 0)) * 60_000 + Math.round((s ?? 0) * 1000);
}

export const isoDuration = (ms: number): string => `PT${Math.round(ms) / 1000}S`;
