/** Lets at most `limit` pieces of work run at once, in the order they were asked for. */
export function createTurns(limit: number): <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async (work, signal) => {
    if (free > 0) free -= 1;
    else
      await new Promise<void>((resolve, reject) => {
        const start = (): void => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const leave = (): void => {
          waiting.splice(waiting.indexOf(start), 1);
          reject(signal.reason instanceof Error ? signal.reason : new Error('left the queue'));
        };
        waiting.push(start);
        signal.addEventListener('abort', leave, { once: true });
      });
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
