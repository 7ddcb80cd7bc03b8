/** Slows down guessing: a delay per user name and per address that doubles with every failure. In memory, bounded. */

export type GuardRule = {
  /** Failures that cost nothing. */
  free: number;
  /** Longest delay, ms. */
  maxMs: number;
};

/** A person mistypes five times at most; an office behind one address a few more times. */
export const userRule: GuardRule = { free: 5, maxMs: 60_000 };
export const addressRule: GuardRule = { free: 20, maxMs: 900_000 };

/** Delay before the next try after so many failures, ms: 0, …, 0, 1 s, 2 s, 4 s … `maxMs`. */
export function guardDelayMs(failures: number, rule: GuardRule): number {
  return failures < rule.free ? 0 : Math.min(rule.maxMs, 1000 * 2 ** Math.min(failures - rule.free, 30));
}

const forgetMs = 3_600_000;
const maxKeys = 10_000;

export type LoginGuard = {
  /**
   * Asks for one try and books it as failed at once, so that parallel tries cannot slip through while a hash is computed.
   * `waitMs` 0: go on; else nothing was booked.
   */
  begin(key: string, rule: GuardRule): { waitMs: number /** This try brought the first delay. */; blocks: boolean };
  /** The try that was begun was right: take it back; `clear` forgets earlier failures too. */
  passed(key: string, rule: GuardRule, clear: boolean): void;
};

/** `monoMs`: a clock that never jumps. */
export function createLoginGuard(monoMs: () => number): LoginGuard {
  const entries = new Map<string, { failures: number; untilMs: number; lastMs: number }>();

  const put = (key: string, failures: number, rule: GuardRule, nowMs: number): void => {
    entries.delete(key); // the oldest stay first
    if (failures <= 0) return;
    entries.set(key, { failures, untilMs: nowMs + guardDelayMs(failures, rule), lastMs: nowMs });
    for (const [old] of entries) {
      if (entries.size <= maxKeys) break;
      entries.delete(old);
    }
  };
  const failuresOf = (key: string, nowMs: number): number => {
    const entry = entries.get(key);
    return entry && nowMs - entry.lastMs < forgetMs ? entry.failures : 0;
  };

  return {
    begin(key, rule) {
      const nowMs = monoMs();
      const waitMs = Math.max(0, (entries.get(key)?.untilMs ?? 0) - nowMs);
      if (waitMs > 0) return { waitMs: Math.ceil(waitMs), blocks: false };
      const failures = failuresOf(key, nowMs) + 1;
      put(key, failures, rule, nowMs);
      return { waitMs: 0, blocks: failures === rule.free };
    },
    passed(key, rule, clear) {
      const nowMs = monoMs();
      put(key, clear ? 0 : failuresOf(key, nowMs) - 1, rule, nowMs);
    },
  };
}
