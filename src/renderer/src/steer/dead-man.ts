/**
 * A handle that must be held: it says again and again that it is, and that it is not the moment it is let go. Whoever
 * listens stops by itself when it hears nothing, so a dead page, window or line lets go too.
 */
export type DeadMan<T> = {
  /** Another value is told at once, at most every 80 ms; null lets go. */
  hold(value: T | null): void;
  held(): T | null;
  /** Lets go, for good. */
  end(): void;
};

export function createDeadMan<T>(deps: {
  /** Must not throw. */
  go(value: T): Promise<unknown>;
  stop(): Promise<unknown>;
  same(a: T, b: T): boolean;
  renewMs?: number;
  leastMs?: number;
}): DeadMan<T> {
  const { renewMs = 300, leastMs = 80 } = deps;
  let wanted: T | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sentMs = Number.NEGATIVE_INFINITY;
  let underWay = 0;
  let ended = false;

  function send(): void {
    clearTimeout(timer);
    if (wanted === null) return;
    const waitMs = sentMs + leastMs - performance.now();
    if (waitMs > 0) {
      timer = setTimeout(send, waitMs);
      return;
    }
    // Where answers stay out, nothing piles up.
    if (underWay < 2) {
      sentMs = performance.now();
      underWay++;
      void deps.go(wanted).finally(() => underWay--);
    }
    timer = setTimeout(send, renewMs);
  }

  function hold(value: T | null): void {
    if (ended) return;
    const was = wanted;
    if (value === null) {
      wanted = null;
      clearTimeout(timer);
      if (was !== null) void deps.stop();
      return;
    }
    if (was !== null && deps.same(was, value)) return;
    wanted = value;
    send();
  }

  return {
    hold,
    held: () => wanted,
    end() {
      hold(null);
      ended = true;
    },
  };
}
