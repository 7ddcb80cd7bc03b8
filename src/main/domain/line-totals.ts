/** How many crossed a line that counts, hour by hour and day by day, as the clocks of the site show them. */
import { z } from 'zod';
import { LineId } from './id.ts';
import { TimeMs } from './time.ts';

/** What is kept: quarters of an hour of UTC, because hours and days of every time zone are whole numbers of them. */
export const lineQuarterMs = 900_000;
export type LineQuarter = {
  quarterMs: number;
  in: number;
  out: number;
  /** How long somebody looked, ms. */
  lookedMs: number;
};
/** Counts are kept, and told, for so many days: eight weeks. */
export const mostLineDays = 56;

const count = z.number().int().min(0);
/** An hour or a day of the site's time zone. It may last more or less than usual where clocks are set. */
export const LineSpan = z.object({
  fromMs: TimeMs,
  toMs: TimeMs,
  /** 2026-11-30 */
  day: z.iso.date(),
  /** Of an hour: 14:00. null: it is a day. */
  hour: z
    .string()
    .regex(/^\d\d:\d\d$/)
    .nullable(),
  in: count,
  out: count,
  /** How long of it somebody looked, ms: who crossed meanwhile is counted, nobody else. */
  lookedMs: count,
});
export type LineSpan = z.infer<typeof LineSpan>;

export const LineTotals = z.object({
  lineId: LineId,
  /** IANA name of the time zone whose midnight it is. */
  zone: z.string(),
  /** Oldest first; the last ones go on. */
  days: z.array(LineSpan).max(mostLineDays + 1),
  hours: z.array(LineSpan).max((mostLineDays + 1) * 25),
});
export type LineTotals = z.infer<typeof LineTotals>;
