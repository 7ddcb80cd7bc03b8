/** Who steers a camera: one person at a time, free again a while after the last command. */
import type { UserId } from '../id.ts';

export const lockFreeMs = 5_000;

/** `lastMs`: of the last command, on the monotonic clock. */
export type PtzLock = { userId: UserId; name: string; sinceMs: number; lastMs: number };
export type Steerer = { userId: UserId; name: string };
export type Moment = { nowMs: number; monoMs: number };

/** Who holds it now; null: nobody. */
export const heldBy = (lock: PtzLock | null, monoMs: number): PtzLock | null =>
  lock !== null && monoMs - lock.lastMs < lockFreeMs ? lock : null;

/** The lock after a command of `who`; null: somebody else steers, and the command must not be carried out. */
export function steer(lock: PtzLock | null, who: Steerer, at: Moment): PtzLock | null {
  const held = heldBy(lock, at.monoMs);
  if (held !== null && held.userId !== who.userId) return null;
  return take(lock, who, at);
}

/** The lock after `who` took it from whoever had it. */
export function take(lock: PtzLock | null, who: Steerer, at: Moment): PtzLock {
  const held = heldBy(lock, at.monoMs);
  const sinceMs = held?.userId === who.userId ? held.sinceMs : at.nowMs;
  return { userId: who.userId, name: who.name, sinceMs, lastMs: at.monoMs };
}
