/** Ruler marks: sensible steps, aligned to the local clock and calendar of a zone. Pure. */
import type { TimeZone } from '#domain/time-zone.ts';

const s = 1000;
const m = 60 * s;
const h = 60 * m;
const day = 24 * h;

/** `clock`: multiples of ms of the local time of day · `days`: local days of a month · `months`: firsts of months. */
export type TickStep =
  | { unit: 'clock'; ms: number; minor: number }
  | { unit: 'days'; days: 1 | 7; minor: number }
  | { unit: 'months'; minor: number };

/** From fine to coarse; `minor` says into how many parts a step is divided by small marks. */
export const tickSteps: readonly TickStep[] = [
  { unit: 'clock', ms: 100, minor: 5 },
  { unit: 'clock', ms: 200, minor: 4 },
  { unit: 'clock', ms: 500, minor: 5 },
  { unit: 'clock', ms: s, minor: 5 },
  { unit: 'clock', ms: 2 * s, minor: 4 },
  { unit: 'clock', ms: 5 * s, minor: 5 },
  { unit: 'clock', ms: 10 * s, minor: 5 },
  { unit: 'clock', ms: 15 * s, minor: 3 },
  { unit: 'clock', ms: 30 * s, minor: 3 },
  { unit: 'clock', ms: m, minor: 6 },
  { unit: 'clock', ms: 2 * m, minor: 4 },
  { unit: 'clock', ms: 5 * m, minor: 5 },
  { unit: 'clock', ms: 10 * m, minor: 5 },
  { unit: 'clock', ms: 15 * m, minor: 3 },
  { unit: 'clock', ms: 30 * m, minor: 3 },
  { unit: 'clock', ms: h, minor: 4 },
  { unit: 'clock', ms: 2 * h, minor: 4 },
  { unit: 'clock', ms: 3 * h, minor: 3 },
  { unit: 'clock', ms: 6 * h, minor: 6 },
  { unit: 'clock', ms: 12 * h, minor: 4 },
  { unit: 'days', days: 1, minor: 4 },
  { unit: 'days', days: 7, minor: 7 },
  { unit: 'months', minor: 4 },
];

/** Nominal length of a step, ms. */
export const stepMs = (step: TickStep): number =>
  step.unit === 'clock' ? step.ms : step.unit === 'days' ? step.days * day : 30 * day;

/** Length of the small marks, ms. */
export const minorMs = (step: TickStep): number => stepMs(step) / step.minor;

/** The finest step whose marks are at least `minPx` apart. */
export function chooseStep(msPerPx: number, minPx: number): TickStep {
  const fit = tickSteps.find((step) => stepMs(step) / msPerPx >= minPx);
  return fit ?? { unit: 'months', minor: 4 };
}

/** The next multiple of `ms` of the local clock strictly after `atMs`. */
function nextClock(zone: TimeZone, atMs: number, ms: number): number {
  const offset = zone.offsetMs(atMs);
  const next = (Math.floor((atMs + offset) / ms) + 1) * ms - offset;
  const nextOffset = zone.offsetMs(next);
  if (nextOffset === offset) return next;
  // The clock was changed in between: align again on the other side.
  const aligned = Math.floor((next + nextOffset) / ms) * ms - nextOffset;
  return aligned > atMs && zone.offsetMs(aligned) === nextOffset ? aligned : aligned + ms;
}

function nextMark(zone: TimeZone, atMs: number, step: TickStep): number {
  if (step.unit === 'clock') return nextClock(zone, atMs, step.ms);
  const w = zone.wall(atMs);
  if (step.unit === 'months') return zone.at({ year: w.year, month: w.month + 1 });
  if (step.days === 1) return zone.addDays(atMs, 1);
  // Weeks by the calendar of the month, so that marks never crowd at its start: 1, 8, 15, 22.
  const day = [8, 15, 22].find((d) => d > w.day);
  return day === undefined
    ? zone.at({ year: w.year, month: w.month + 1 })
    : zone.at({ year: w.year, month: w.month, day });
}

/** Moments of the marks of a step in [fromMs, toMs], ascending; at most 2000. */
export function marksBetween(zone: TimeZone, step: TickStep, fromMs: number, toMs: number): number[] {
  const out: number[] = [];
  let at = nextMark(zone, Math.floor(fromMs) - 1, step);
  while (at <= toMs && out.length < 2000) {
    if (at >= fromMs) out.push(at);
    const next = nextMark(zone, at, step);
    if (next <= at) break;
    at = next;
  }
  return out;
}

/** Small marks between the marks of a step: as clock steps where the zone allows it, else none. */
export function minorMarksBetween(zone: TimeZone, step: TickStep, fromMs: number, toMs: number): number[] {
  if (step.unit === 'months') return marksBetween(zone, { unit: 'days', days: 7, minor: 1 }, fromMs, toMs);
  if (step.unit === 'days' && step.days === 7)
    return marksBetween(zone, { unit: 'days', days: 1, minor: 1 }, fromMs, toMs);
  return marksBetween(zone, { unit: 'clock', ms: minorMs(step), minor: 1 }, fromMs, toMs);
}

/** Local midnights in [fromMs, toMs]. */
export const midnightsBetween = (zone: TimeZone, fromMs: number, toMs: number): number[] =>
  marksBetween(zone, { unit: 'days', days: 1, minor: 1 }, fromMs, toMs);
