/**
 * The time by which the age of footage is judged. A clock that was set far ahead would have everything deleted at once, and it
 * is often wrong only until the network has put it right: for an hour it is not believed. Pure.
 */
/** Ahead by more than this is a clock that was set, or a PC that slept. */
const jumpMs = 3_600_000;
/** … and is believed when it has stayed so for this long. */
const doubtMs = 3_600_000;

/** `sinceMonoMs`: since when the clock is ahead of what time can have passed; null: it is not. */
export type AgeClock = { nowMs: number; monoMs: number; sinceMonoMs: number | null };

/** `lastMs`: when the station was last known to run (null: it never did); so long ago as a month is in doubt too. */
export function startAgeClock(lastMs: number | null, at: { wallMs: number; monoMs: number }): AgeClock {
  const doubtful = lastMs !== null && at.wallMs - lastMs > 31 * 24 * jumpMs;
  return { nowMs: doubtful ? lastMs : at.wallMs, monoMs: at.monoMs, sinceMonoMs: doubtful ? at.monoMs : null };
}

export function tellAgeClock(was: AgeClock, at: { wallMs: number; monoMs: number }): AgeClock {
  const expected = was.nowMs + (at.monoMs - was.monoMs);
  if (at.wallMs <= expected + jumpMs) return { nowMs: at.wallMs, monoMs: at.monoMs, sinceMonoMs: null };
  const sinceMonoMs = was.sinceMonoMs ?? at.monoMs;
  if (at.monoMs - sinceMonoMs >= doubtMs) return { nowMs: at.wallMs, monoMs: at.monoMs, sinceMonoMs: null };
  return { nowMs: expected, monoMs: at.monoMs, sinceMonoMs };
}
