/**
 * Whether a decoder keeps up. Pure. Behind (a picture comes out more than `behindMs` after its data came in) → key frames
 * only; well again for `calmMs` → everything. Each relapse doubles the calm asked for, up to a minute, so that a machine at
 * its limit does not swing.
 */
export type Pace = { keysOnly: boolean; sinceMs: number; calmMs: number; lastBehindMs: number };

const behindMs = 500;
const firstCalmMs = 3000;
const mostCalmMs = 60_000;

export const freshPace = (nowMs: number): Pace => ({
  keysOnly: false,
  sinceMs: nowMs,
  calmMs: firstCalmMs,
  lastBehindMs: nowMs,
});

/** Takes in one decoded picture's delay; the same object when nothing changes. */
export function stepPace(was: Pace, delayMs: number, nowMs: number): Pace {
  if (delayMs > behindMs) {
    if (was.keysOnly) return { ...was, lastBehindMs: nowMs };
    const relapse = nowMs - was.sinceMs < 2 * was.calmMs;
    const calmMs = relapse ? Math.min(mostCalmMs, was.calmMs * 2) : firstCalmMs;
    return { keysOnly: true, sinceMs: nowMs, calmMs, lastBehindMs: nowMs };
  }
  if (was.keysOnly && nowMs - was.lastBehindMs > was.calmMs) return { ...was, keysOnly: false, sinceMs: nowMs };
  return was;
}
