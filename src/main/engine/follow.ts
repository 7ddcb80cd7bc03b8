import type { Signal } from '#contract/call.ts';

/**
 * Lets one follower wait for news without a queue: the owner keeps what is new and wakes; the follower takes it when it has
 * time. `next` resolves true when there is news, false when `signal` ended the following.
 */
export function createBell(signal: Signal): { ring(): void; next(): Promise<boolean>; over(): boolean } {
  let rung = false;
  let wake: (() => void) | null = null;
  const ring = (): void => {
    rung = true;
    wake?.();
  };
  signal.addEventListener('abort', ring, { once: true });
  return {
    ring,
    over: () => signal.aborted,
    async next() {
      if (!rung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = null;
      }
      rung = false;
      return !signal.aborted;
    },
  };
}
