/**
 * The master clock of playback: every tile draws the moment this gives, so all cameras are in step by construction. Pure.
 * `tMs` is the shared machine clock of the page and its workers (`performance.timeOrigin + performance.now()`).
 */
export type PlayClock = {
  /** Recorded moment (UTC ms) at machine time `tMs`. */
  atMs: number;
  tMs: number;
  /** Recorded milliseconds per millisecond; 0 stands still. */
  speed: number;
};

export const sharedNowMs = (): number => performance.timeOrigin + performance.now();

/** Before `clock.tMs` time stands at `clock.atMs`: it has not begun to run. */
export const momentAt = (clock: PlayClock, tMs: number): number =>
  clock.atMs + Math.max(0, tMs - clock.tMs) * clock.speed;

/** What a person can choose. Negative plays backwards. */
export const rates = [-16, -8, -4, -2, -1, 1, 2, 4, 8, 16] as const;
/** Beyond this only key frames are shown. */
export const everyFrameUpTo = 4;

/** L: forward, again = faster. J with `direction` -1: the same backwards. Opposite direction starts again at 1. */
export function pushedRate(rate: number, playing: boolean, direction: 1 | -1): number {
  if (!playing || Math.sign(rate) !== direction) return direction;
  return direction * Math.min(16, Math.abs(rate) * 2);
}

/** Nearer to now than this, the recording is not on disk for certain: playback turns into live. */
export const liveEdgeMs = 1_600;

/** After a jump time begins to run when the tiles have their first pictures, so that none begins by catching up. */
export const leadMs = 120;

/**
 * Speed that a wish of `rate` gives when the moment is `behindMs` before now: fast forward slows down smoothly towards the
 * live edge instead of running into it, and 1× creeps up on it over the last seconds.
 */
export function easedSpeed(rate: number, behindMs: number): number {
  if (rate <= 0) return rate;
  if (rate > 1) return Math.min(rate, 1.25 + Math.max(0, behindMs - liveEdgeMs) / 1500);
  return behindMs < 5_000 ? rate * 1.25 : rate;
}

/** Where to go when no camera has video at a moment: the nearest start ahead or end behind; null: nowhere. */
export function overGap(
  gaps: readonly ({ prevMs: number | null; nextMs: number | null } | null)[],
  direction: 1 | -1,
): number | null {
  let best: number | null = null;
  for (const gap of gaps) {
    if (gap === null) return null; // one of them has video
    const to = direction > 0 ? gap.nextMs : gap.prevMs;
    if (to !== null && (best === null || (direction > 0 ? to < best : to > best))) best = to;
  }
  return best;
}
