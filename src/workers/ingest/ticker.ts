import type { Clock } from '#lib/clock.ts';

/** One coarse timer for all that waits in a worker: nothing per stream, nothing per packet. */
export type Ticker = {
  /** Calls back every `everyMs` with the monotonic time. Returns the removal. */
  add(tick: (monoMs: number) => void): () => void;
  /** Calls back about every `seldomMs`, others at other times: for what every stream asks for and can wait. Returns the removal. */
  addSeldom(tick: (monoMs: number) => void): () => void;
  /** Monotonic milliseconds. */
  monoMs(): number;
  stop(): void;
};

export const tickMs = 100;
export const seldomMs = 500;
/** Those that are called seldom are in so many groups, so that a turn is not much longer than the next. */
const groupCount = 5;

export function createTicker(clock: Clock, everyMs = tickMs): Ticker {
  type Ticks = Set<(monoMs: number) => void>;
  const ticks: Ticks = new Set();
  const began = clock.monoMs();
  type Group = { ticks: Ticks; dueMs: number };
  const groups = Array.from(
    { length: groupCount },
    (_, i): Group => ({
      ticks: new Set(),
      dueMs: began + ((i + 1) * seldomMs) / groupCount,
    }),
  );
  let added = 0;
  const timer = setInterval(() => {
    const now = clock.monoMs();
    for (const tick of ticks) tick(now);
    for (const group of groups) {
      if (now < group.dueMs) continue;
      // a turn that is late does not move those after it
      group.dueMs = Math.max(group.dueMs + seldomMs, now + seldomMs / 2);
      for (const tick of group.ticks) tick(now);
    }
  }, everyMs);
  return {
    add(tick) {
      ticks.add(tick);
      return () => void ticks.delete(tick);
    },
    addSeldom(tick) {
      const group = groups[added++ % groupCount];
      group?.ticks.add(tick);
      return () => void group?.ticks.delete(tick);
    },
    monoMs: () => clock.monoMs(),
    stop() {
      clearInterval(timer);
      ticks.clear();
      for (const group of groups) group.ticks.clear();
    },
  };
}
