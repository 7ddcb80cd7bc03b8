import type { Clock } from '#lib/clock.ts';

/** Of the time that counting may take: a fiftieth. */
const share = 50;
const leastMs = 500;

/** A count that is made anew when somebody asks, the less often the longer it takes. */
export type Recount<T> = { of(count: () => T): T; forget(): void };

export function createRecount<T>(clock: Pick<Clock, 'monoMs'>): Recount<T> {
  let known: { value: T; untilMs: number } | null = null;
  return {
    of(count) {
      const startedMs = clock.monoMs();
      if (known !== null && startedMs < known.untilMs) return known.value;
      const value = count();
      const nowMs = clock.monoMs();
      known = { value, untilMs: nowMs + Math.max(leastMs, (nowMs - startedMs) * share) };
      return value;
    },
    forget() {
      known = null;
    },
  };
}
