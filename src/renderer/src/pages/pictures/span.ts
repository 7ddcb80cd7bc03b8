/** The span that is searched by eye, and the way in and out of its parts. Pure. */
import { thumbnailSlotMs } from '#domain/thumbnail.ts';

export type Span = { fromMs: number; toMs: number };

/** Pictures of one grid, and how many stand in a row. */
export const columns = 6;
export const cellCount = 24;

/** A part this short has one picture: it is played, not split. */
export const isMoment = ({ fromMs, toMs }: Span): boolean => toMs - fromMs <= 2 * thumbnailSlotMs;

const dayMs = 86_400_000;
export const presets = { hour: 3_600_000, day: dayMs, week: 7 * dayMs, month: 30 * dayMs } as const;
export type Preset = keyof typeof presets;

/** What an address says, whatever stands in it; null: nothing usable. */
export function readSpan(from: string | null, to: string | null): Span | null {
  const [fromMs, toMs] = [Number(from ?? Number.NaN), Number(to ?? Number.NaN)];
  const usable = Number.isSafeInteger(fromMs) && Number.isSafeInteger(toMs) && fromMs >= 0 && toMs > fromMs;
  return usable && toMs - fromMs <= 400 * dayMs ? { fromMs, toMs } : null;
}

/** The span of the same length before or after, not beyond now. */
export function neighbour({ fromMs, toMs }: Span, by: -1 | 1, nowMs: number): Span {
  const length = toMs - fromMs;
  const from = Math.max(0, Math.min(fromMs + by * length, nowMs - length));
  return { fromMs: from, toMs: from + length };
}

/** Where an arrow leads in a grid of `count` cells; the same cell at the edges. */
export function arrow(key: string, at: number, count: number): number | null {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key];
  if (step !== undefined) return at + step >= 0 && at + step < count ? at + step : at;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : null;
}
