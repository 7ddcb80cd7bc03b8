/** Times and durations as XML Schema writes them (XML Schema Part 2 §3.2.6, §3.2.7). */

/** `PT1H30M2.5S` in ms; null for what is no duration of days and less, or would be negative. */
export function durationMs(text: string | null): number | null {
  const m = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,8})H)?(?:(\d{1,9})M)?(?:(\d{1,10}(?:\.\d+)?)S)?)?$/.exec(text?.trim() ?? '');
  if (!m || text?.trim() === 'P' || /T$/.test(text?.trim() ?? '')) return null;
  const [d, h, min, s] = m.slice(1).map((part: string | undefined) => Number(part ?? 0));
  return Math.round((((d ?? 0) * 24 + (h ?? 0)) * 60 + (min ?? 0)) * 60_000 + (s ?? 0) * 1000);
}

export const durationText = (ms: number): string => `PT${Number((Math.max(0, ms) / 1000).toFixed(3))}S`;

/** A moment as UTC ms; without a zone it is taken for UTC, as devices mean it. Null for what is none. */
export function momentMs(text: string | null): number | null {
  const m = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?$/.exec(
    text?.trim() ?? '',
  );
  if (!m) return null;
  const n = (i: number): number => Number(m[i] ?? 0);
  const fraction = Math.round(Number(`0.${m[7] ?? '0'}`) * 1000);
  const zone = /^([+-])(\d\d):?(\d\d)$/.exec(m[8] ?? '');
  const shiftMs = zone ? (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) * 60_000 : 0;
  const ms = Date.UTC(n(1), n(2) - 1, n(3), n(4), n(5), n(6)) + fraction - shiftMs;
  return Number.isFinite(ms) ? ms : null;
}

export const momentText = (ms: number): string => new Date(ms).toISOString();
