/** How fast a search goes: recorded time by time spent, over the last 20 s, without what it was paused. */
import type { Clock } from '#lib/clock.ts';

const lookBackMs = 20_000;
/** Before so much was spent nothing is said, ms. */
const leastMs = 1_000;

export type FootagePace = {
  passed(ms: number): void;
  paused(is: boolean): void;
  /** × real time; null: not known yet. */
  speed(): number | null;
  /** Time spent since it was taken last, ms. */
  takeSpent(): number;
};

export function createFootagePace(clock: Pick<Clock, 'monoMs'>): FootagePace {
  /** On a clock that stands while it is paused. */
  let passes: { atMs: number; ms: number }[] = [];
  let pausedAtMs: number | null = null;
  let pausedMs = 0;
  let takenMs = 0;
  const beganMs = clock.monoMs();
  const nowMs = (): number => (pausedAtMs ?? clock.monoMs()) - beganMs - pausedMs;
  return {
    passed(ms) {
      const atMs = nowMs();
      passes = [...passes.filter((p) => p.atMs > atMs - lookBackMs), { atMs, ms }];
    },
    paused(is) {
      if (is) pausedAtMs ??= clock.monoMs();
      else if (pausedAtMs !== null) {
        pausedMs += clock.monoMs() - pausedAtMs;
        pausedAtMs = null;
      }
    },
    speed() {
      const atMs = nowMs();
      const spanMs = Math.min(lookBackMs, atMs);
      if (spanMs < leastMs) return null;
      const ms = passes.reduce((sum, p) => sum + (p.atMs > atMs - lookBackMs ? p.ms : 0), 0);
      return ms === 0 ? null : ms / spanMs;
    },
    takeSpent() {
      const atMs = nowMs();
      const spent = atMs - takenMs;
      takenMs = atMs;
      return spent;
    },
  };
}
