/** What the bars of a line's totals show. Pure. */
import type { LineSpan } from '#domain/line-totals.ts';

/** A bar of the greatest count is so high, in the units of the drawing. */
const highest = 30;
/** Somebody looked all the time, as far as that can be: pictures come one after the other. */
const whole = 0.95;

/** Bars of the same scale upwards (in) and downwards (out). `most`: what the highest stands for. */
export function heightsOf(spans: readonly Pick<LineSpan, 'in' | 'out'>[]): {
  most: number;
  up: number[];
  down: number[];
} {
  const most = Math.max(0, ...spans.map((s) => Math.max(s.in, s.out)));
  // One who crossed is seen beside a thousand.
  const height = (n: number): number => (n === 0 ? 0 : Math.max(1, (n / most) * highest));
  return { most, up: spans.map((s) => height(s.in)), down: spans.map((s) => height(s.out)) };
}

/** Of the part of a span that has passed, how much somebody looked, 0 … 1. */
export function lookedPart(
  { fromMs, toMs, lookedMs }: Pick<LineSpan, 'fromMs' | 'toMs' | 'lookedMs'>,
  nowMs: number,
): number {
  const passedMs = Math.min(toMs, nowMs) - fromMs;
  return passedMs <= 0 ? 1 : Math.min(1, lookedMs / passedMs);
}
export const isWhole = (span: Pick<LineSpan, 'fromMs' | 'toMs' | 'lookedMs'>, nowMs: number): boolean =>
  lookedPart(span, nowMs) >= whole;
