import { AppError } from '#contract/error.ts';

/**
 * Lets `atOnce` pieces of work through at the same time, the others in the order in which they came. Where more than `waiting` wait,
 * another is refused at once with TOO_MANY.
 */
export function createTurns(atOnce: number, waiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  let going = 0;
  const queue: (() => void)[] = [];
  return async (work) => {
    if (going >= atOnce) {
      if (queue.length >= waiting)
        throw new AppError('TOO_MANY', 'Too much is asked for at once. Try again in a moment.');
      await new Promise<void>((resolve) => queue.push(resolve));
    } else going += 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) going -= 1;
      else next(); // takes this place
    }
  };
}
