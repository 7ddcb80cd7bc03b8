/**
 * How fast many streams begin that are asked for at once (the start of a station, a worker that comes back): a connection that begins
 * costs more than one that goes on, and those that are recorded already should not wait for it. Main streams go before sub streams.
 */

/** So often some of those that wait begin. */
export const launchEveryMs = 100;
/** A thread that is behind is not given more for so many turns; it may be behind for another reason, a disk that hangs, for long. */
export const mostHeldTurns = 50;

export type LaunchTurns<T> = {
  /** Begins it at once, or when it is its turn. */
  add(one: T, kind: 'main' | 'sub'): void;
  /** Nothing that waits begins any more. */
  stop(): void;
};

/**
 * `atOnce`: so many begin in `launchEveryMs`. `launch` is to see for itself whether what had waited is still to begin. `behind`: those
 * that began already keep the machine busy so that their video waits in memory; more would have all of them lose some.
 */
export function createLaunchTurns<T>(
  atOnce: number,
  launch: (one: T) => void,
  behind: () => boolean = () => false,
): LaunchTurns<T> {
  const waiting = { main: new Set<T>(), sub: new Set<T>() };
  let left = atOnce;
  let heldTurns = 0;
  let timer: ReturnType<typeof setInterval> | null = null;

  const take = (): T | undefined => {
    for (const queue of [waiting.main, waiting.sub])
      for (const one of queue) {
        queue.delete(one);
        return one;
      }
    return undefined;
  };
  const anyWaits = (): boolean => waiting.main.size + waiting.sub.size > 0;
  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  const turn = (): void => {
    const is = behind();
    if (!is) heldTurns = 0;
    if (!anyWaits() && left === atOnce) {
      stop(); // nobody came since the last turn
      return;
    }
    if (is && anyWaits() && heldTurns < mostHeldTurns) {
      heldTurns += 1;
      return;
    }
    left = atOnce;
    for (let one = take(); one !== undefined; one = left > 0 ? take() : undefined) {
      left -= 1;
      launch(one);
    }
  };

  return {
    add(one, kind) {
      timer ??= setInterval(turn, launchEveryMs);
      if (left <= 0 || anyWaits()) {
        waiting[kind].add(one);
        return;
      }
      left -= 1;
      launch(one);
    },
    stop() {
      stop();
      waiting.main.clear();
      waiting.sub.clear();
    },
  };
}
