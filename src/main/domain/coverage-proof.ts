import { z } from 'zod';
import { CameraId } from './id.ts';
import { GapCause } from './gap.ts';
import { StreamKind } from './stream.ts';
import { TimeMs } from './time.ts';

/** Of a time in which recording was asked for: how much of it was recorded, and what became of that. All in ms. */
export const Share = z.object({
  wantedMs: z.number().int().min(0),
  /** Recorded, and still there. */
  keptMs: z.number().int().min(0),
  /** Recorded, and deleted since as the retention says or by hand. */
  deletedMs: z.number().int().min(0),
  /** Not recorded, for a cause that is known. */
  gapMs: z.number().int().min(0),
  /** Not recorded, or not there any more, and nothing says why. */
  unexplainedMs: z.number().int().min(0),
});
export type Share = z.infer<typeof Share>;

/** `unexplained`: nothing says why. */
export const MissingCause = z.union([GapCause, z.literal('unexplained')]);
export type MissingCause = z.infer<typeof MissingCause>;

/** A span that should have been recorded and was not. */
export const Missing = z.object({
  fromMs: TimeMs,
  toMs: TimeMs,
  cause: MissingCause,
  /** It goes on. */
  open: z.boolean(),
});
export type Missing = z.infer<typeof Missing>;

/** One stream of a camera over a span. */
export const StreamProof = z.object({ stream: StreamKind, total: Share });

/** One camera over a span; a moment counts as recorded when any of its streams that should have been was. */
export const CameraProof = z.object({
  cameraId: CameraId,
  number: z.number().int(),
  name: z.string(),
  /** It is not part of the station any more. */
  removed: z.boolean(),
  total: Share,
  /** The same for each part of the span. */
  parts: z.array(Share),
  streams: z.array(StreamProof),
  /** How often it was not recorded. */
  missingCount: z.number().int().min(0),
  longestMissingMs: z.number().int().min(0),
});
export type CameraProof = z.infer<typeof CameraProof>;

export const CoverageProof = z.object({
  fromMs: TimeMs,
  /** Not beyond now. */
  toMs: TimeMs,
  madeMs: TimeMs,
  cameras: z.array(CameraProof),
  total: Share,
});
export type CoverageProof = z.infer<typeof CoverageProof>;

/** What was recorded of what was asked for, 0 … 1; null: nothing was asked for. Never rounded up to 1. */
export const recordedShare = ({ wantedMs, keptMs, deletedMs }: Share): number | null =>
  wantedMs === 0 ? null : (keptMs + deletedMs) / wantedMs;

/** Percent as it may be shown: with so many digits that less than all never reads 100, and more than nothing never 0. */
export function shownPercent(share: number, digits = 2): number {
  const step = 10 ** digits;
  const rounded = Math.round(share * 100 * step) / step;
  if (share < 1 && rounded >= 100) return Math.floor(share * 100 * step) / step;
  return share > 0 && rounded === 0 ? 1 / step : rounded;
}
