import { z } from 'zod';

/** UTC milliseconds since 1970-01-01, an integer; year 1970 … 2300. */
export const TimeMs = z.number().int().min(0).max(10_413_792_000_000);
export type TimeMs = z.infer<typeof TimeMs>;

/** A half-open span [fromMs, toMs). */
export type Span = { fromMs: number; toMs: number };
export const Span = z.object({ fromMs: TimeMs, toMs: TimeMs }).refine((s) => s.toMs > s.fromMs, {
  message: 'a span must end after it starts',
  path: ['toMs'],
  params: { why: 'order' },
});

export const dayMs = 86_400_000;
export const hourMs = 3_600_000;

/** Minutes of a day as clocks show them: 08:00; the end of the day is 24:00. */
export const clockOfMinutes = (min: number): string =>
  `${String(Math.floor(min / 60)).padStart(2, '0')}:${String(min % 60).padStart(2, '0')}`;
