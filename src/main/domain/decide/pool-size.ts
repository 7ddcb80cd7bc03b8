/**
 * How many workers the pool has: as many as there is work for, as few as do it, and fewer at once where recording suffers. Pure; told
 * once a second.
 */

export type PoolSize = {
  workers: number;
  /** Seconds in a row in which one more was needed, and in which one fewer would have done. */
  tight: number;
  ample: number;
  /** Not larger before this, ms. */
  holdUntilMs: number;
};
export const noPool: PoolSize = { workers: 0, tight: 0, ample: 0, holdUntilMs: 0 };

export type PoolTick = {
  atMs: number;
  /** Somebody may give it work: at least one worker stands ready then. */
  needed: boolean;
  /** Share of the last second for which the workers were busy, 0 … 1, all together. */
  busy: number;
  /** Jobs that wait, and jobs that were dropped or came too late since the last tick. */
  waiting: number;
  dropped: number;
  /** Recording has trouble to keep up. */
  strained: boolean;
  /** What the PC bears (`mostWorkers`). */
  most: number;
};

/** So many seconds of need make one more, of ease one fewer. */
export const growAfter = 3;
export const shrinkAfter = 60;
/** After recording suffered, ms. */
export const strainHoldMs = 60_000;
/** Busier than this, workers are said to be full; one fewer must stay below the other. */
const full = 0.85;
const easy = 0.6;

export function sizePool(size: PoolSize, tick: PoolTick): PoolSize {
  if (tick.strained) {
    return {
      workers: Math.min(size.workers, Math.max(1, size.workers - 1)),
      tight: 0,
      ample: 0,
      holdUntilMs: tick.atMs + strainHoldMs,
    };
  }
  const least = tick.needed || tick.waiting > 0 ? 1 : 0;
  const workers = Math.min(Math.max(size.workers, least), Math.max(1, tick.most));
  const needsMore = tick.dropped > 0 || (tick.waiting > 0 && tick.busy >= full);
  const fewer = workers - 1;
  const wouldDo =
    tick.dropped === 0 && tick.waiting === 0 && (fewer > 0 ? (tick.busy * workers) / fewer < easy : tick.busy === 0);
  const tight = needsMore ? size.tight + 1 : 0;
  const ample = wouldDo && workers > least ? size.ample + 1 : 0;
  if (tight >= growAfter && workers < tick.most && tick.atMs >= size.holdUntilMs)
    return { ...size, workers: workers + 1, tight: 0, ample: 0 };
  if (ample >= shrinkAfter) return { ...size, workers: fewer, tight: 0, ample: 0 };
  return { ...size, workers, tight: Math.min(tight, growAfter), ample };
}

/** What a worker with its models takes of memory, bytes. */
const workerBytes = 256 * 2 ** 20;
/** More threads than these are for nothing that one PC records. */
const ceiling = 16;

/** What a PC bears: one core is left to recording and the screen, and half of the memory that is free. At least one. */
export const mostWorkers = (cores: number, freeBytes: number): number =>
  Math.max(1, Math.min(ceiling, cores - 1, Math.floor(freeBytes / 2 / workerBytes)));
