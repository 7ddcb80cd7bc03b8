import type { Clock } from '#lib/clock.ts';

/** One coarse timer for all that waits in a worker: nothing per stream, nothing per packet. */
export type Ticker = {
  /** Calls back every `everyMs` with the monotonic time. Returns the removal. */
  add(tick: (monoMs: number) => void): () => void;
  /** Monotonic milliseconds. */
  monoMs(): number;
  stop(): void;
};

export const tickMs = 100;

export function createTicker(clock: Clock, everyMs = tickMs): Ticker {
  const ticks = new Set<(monoMs: number) => void>();
  const timer = setInterval(() => {
    const now = clock.monoMs();
    for (const tick of ticks) tick(now);
  }, everyMs);
  return {
    add(tick) {
      ticks.add(tick);
      return () => void ticks.delete(tick);
    },
    monoMs: () => clock.monoMs(),
    stop() {
      clearInterval(timer);
      ticks.clear();
    },
  };
}
