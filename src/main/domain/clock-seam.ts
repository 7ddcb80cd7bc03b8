/**
 * Where the station's clock stopped being continuous. What is recorded keeps the times of the clock that it was recorded by; a
 * seam says how the clock before it and the clock after it differ, so that nothing need ever be dated anew.
 */
import { z } from 'zod';
import { TimeMs } from './time.ts';

/**
 * step: the clock was set while the station ran · off: found at the start, the clock stood before a moment that the last run had
 * already seen; by how much it was set is known only at least · sleep: the machine slept, or Vigie was held; the clock is right.
 */
export const ClockSeamKind = z.enum(['step', 'off', 'sleep']);
export type ClockSeamKind = z.infer<typeof ClockSeamKind>;

export const ClockSeam = z.object({
  /** 1, 2, …: what is recorded after a seam carries its number; 0: before any. */
  id: z.number().int().min(1),
  kind: ClockSeamKind,
  /** Since when the clock before the seam is known to have run without one (its own time). */
  fromMs: TimeMs,
  /** What the clock before the seam said at the seam, and what the clock after it said at the same moment. */
  beforeMs: TimeMs,
  atMs: TimeMs,
  /** The same moment on the machine's steady clock, and the boot within which that means something. */
  steadyMs: z.number(),
  boot: z.string(),
});
export type ClockSeam = z.infer<typeof ClockSeam>;

/** Steps up to this are led away gently; more is a seam. */
export const clockStepMs = 2_000;
/** Video that begins this little before the end of what is recorded is moved behind it; more is time recorded twice. */
export const overlapLeadMs = 5_000;
/** No segment is longer, whatever its stream does: who starts earlier does not reach into a moment. */
export const longestSegmentMs = 600_000;
