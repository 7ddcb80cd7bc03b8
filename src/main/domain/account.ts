/**
 * What coverage is proven from, kept beside the video (`account-2026-11.json`): of one camera and one month in UTC when recording was asked
 * for, which gaps there are and why, and what was deleted; also how many crossed its lines. An index that is made again from the disk knows
 * it by that.
 */
import { z } from 'zod';
import { Deletion } from './deletion.ts';
import { GapCause } from './gap.ts';
import { CameraId, LineId } from './id.ts';
import { lineQuarterMs } from './line-totals.ts';
import { TimeMs } from './time.ts';

/** `2026-11`. */
export const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/);
export type Month = z.infer<typeof Month>;

/** Of one stream: every span that touches the month, whole; an end of null: it went on when this was written. */
const StreamAccount = z.object({
  wanted: z.array(z.tuple([TimeMs, TimeMs.nullable()])),
  gaps: z.array(z.tuple([TimeMs, TimeMs.nullable(), GapCause])),
});

/** Of one line: quarters of an hour that begin within the month: when, how many went in and out, how long somebody looked (ms). */
const count = z.number().int().min(0);
const LineAccount = z.array(z.tuple([TimeMs.multipleOf(lineQuarterMs), count, count, count.max(lineQuarterMs)]));

export const KeptAccount = z.object({
  vigie: z.literal('account'),
  format: z.literal(1),
  /** It was so at this time, and stayed so until the file was written again. */
  savedMs: TimeMs,
  month: Month,
  /** As the index knew it then. */
  cameraId: CameraId,
  streams: z.object({ main: StreamAccount.optional(), sub: StreamAccount.optional() }),
  /** Lines of the report, of what was deleted within the month. */
  deletions: z.array(Deletion.omit({ id: true, cameraId: true })),
  /** Lines of the camera that were counted. What cannot be read of it takes nothing else along. */
  lines: z.record(LineId, LineAccount).catch({}).default({}),
});
export type KeptAccount = z.infer<typeof KeptAccount>;
export type KeptDeletion = KeptAccount['deletions'][number];

/** The text of such a file; null for what is none. */
export function readAccount(text: string): KeptAccount | null {
  try {
    return KeptAccount.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null; // not JSON
  }
}

/** The month of a moment. */
export const monthOf = (atMs: number): Month => new Date(atMs).toISOString().slice(0, 7);

/** [fromMs, toMs) of a month. */
export function spanOfMonth(month: Month): { fromMs: number; toMs: number } {
  const [year = 1970, number = 1] = month.split('-').map(Number);
  return { fromMs: Date.UTC(year, number - 1), toMs: Date.UTC(year, number) };
}
