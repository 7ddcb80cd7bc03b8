/** Durations of the last minute, as percentiles. A fixed room: of more than it holds, the newest. */
import type { Percentiles } from '#domain/analysis.ts';

const spanMs = 60_000;

export type RecentTimes = {
  add(atMs: number, ms: number): void;
  /** By the nearest rank; null: nothing in the last minute. */
  percentiles(nowMs: number): Percentiles;
  count(nowMs: number): number;
};

/** Times are of one steady clock. */
export function createRecentTimes(room = 1024): RecentTimes {
  const at = new Float64Array(room).fill(Number.NEGATIVE_INFINITY);
  const took = new Float64Array(room);
  let next = 0;
  const recent = (nowMs: number): Float64Array => took.filter((_, n) => (at[n] ?? 0) > nowMs - spanMs);
  return {
    add(atMs, ms) {
      at[next] = atMs;
      took[next] = ms;
      next = (next + 1) % room;
    },
    percentiles(nowMs) {
      const sorted = recent(nowMs).sort();
      if (sorted.length === 0) return null;
      const rank = (p: number): number => sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? 0;
      return { p50: rank(0.5), p95: rank(0.95), p99: rank(0.99) };
    },
    count: (nowMs) => recent(nowMs).length,
  };
}
