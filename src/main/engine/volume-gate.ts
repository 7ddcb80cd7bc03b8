/**
 * Bounds what waits for one volume, so that one that hangs (a network share whose server is gone) never takes all threads that the
 * system works files with, and nobody waits for it for ever.
 */
import { AppError } from '#contract/error.ts';

export type VolumeGate = {
  /**
   * Does the work when its turn comes. Rejects with UNAVAILABLE (`volume-silent`) when it is not done within `ms`; what hangs
   * goes on counting until it comes back, if ever.
   */
  run<T>(ms: number, work: () => Promise<T>): Promise<T>;
  /** How many have hung beyond their time and are not back. */
  hanging(): number;
};

const silent = (): AppError =>
  new AppError(
    'UNAVAILABLE',
    'The disk with this recording does not answer. It plays again when the disk or its server answers.',
    { data: { reason: 'volume-silent' } },
  );

/** At most `limit` pieces of work at once. */
export function createVolumeGate(limit: number): VolumeGate {
  let busy = 0;
  let hanging = 0;
  const waiting: (() => void)[] = [];
  const next = (): void => {
    while (busy < limit) {
      const start = waiting.shift();
      if (start === undefined) return;
      start();
    }
  };
  return {
    hanging: () => hanging,
    run: (ms, work) =>
      new Promise((resolve, reject) => {
        let late = false;
        let begun = false;
        const begin = (): void => {
          begun = true;
          busy += 1;
          const over = (): void => {
            busy -= 1;
            if (late) hanging -= 1;
            clearTimeout(timer);
            next();
          };
          let doing: ReturnType<typeof work>;
          try {
            doing = work();
          } catch (error) {
            over();
            reject(error instanceof Error ? error : new Error(String(error)));
            return;
          }
          doing.then(
            (value) => {
              over();
              resolve(value);
            },
            (error: unknown) => {
              over();
              reject(error instanceof Error ? error : new Error(String(error)));
            },
          );
        };
        const timer = setTimeout(() => {
          late = true;
          if (begun) hanging += 1;
          else waiting.splice(waiting.indexOf(begin), 1);
          reject(silent());
        }, ms);
        waiting.push(begin);
        next();
      }),
  };
}
