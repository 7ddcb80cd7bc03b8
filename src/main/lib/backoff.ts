/**
 * Delays before each further try: the first within a second, then doubling up to `maxMs`, with "full jitter" in the upper
 * half so that many cameras behind one dead switch do not come back in step (AWS Architecture Blog, "Exponential Backoff And
 * Jitter", 2015).
 */
export function createBackoff(options: { firstMs?: number; maxMs?: number; random?: () => number } = {}): {
  /** Delay in ms before the next try. */
  next(): number;
  /** After a success. */
  reset(): void;
} {
  const { firstMs = 900, maxMs = 30_000, random = Math.random } = options;
  let tries = 0;
  return {
    next() {
      const ceiling = Math.min(maxMs, firstMs * 2 ** tries);
      tries = Math.min(tries + 1, 30);
      return Math.round(ceiling / 2 + random() * (ceiling / 2));
    },
    reset() {
      tries = 0;
    },
  };
}
