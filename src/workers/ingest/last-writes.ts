/**
 * The end of a thread that records: what waits in memory goes to the disk for as long as the disk takes some of it. A disk that is merely
 * slow costs no video then; one that hangs holds nothing up.
 */
import type { Clock } from '#lib/clock.ts';

/** A disk that has taken nothing for so long is not waited for. */
export const idleDiskMs = 1_800;
/** Longest end. */
export const mostEndMs = 20_000;
/** So often it is looked at. */
export const lookMs = 300;

/**
 * Resolves when `over` does, or when the disk takes nothing any more: `done` tells how many writes it has taken so far. `goesOn` is called
 * at each look at which it is waited for. Never rejects because of the disk; rejects if `over` does.
 */
export async function lastWrites(deps: {
  clock: Pick<Clock, 'monoMs'>;
  over: Promise<unknown>;
  done(): number;
  goesOn(): void;
}): Promise<void> {
  const { clock, over, done, goesOn } = deps;
  const { promise, resolve } = Promise.withResolvers<null>();
  const beganMs = clock.monoMs();
  let seen = done();
  let seenMs = beganMs;
  const look = setInterval(() => {
    const now = clock.monoMs();
    if (done() !== seen) seenMs = now;
    seen = done();
    if (now - seenMs >= idleDiskMs || now - beganMs >= mostEndMs) resolve(null);
    else goesOn();
  }, lookMs);
  try {
    await Promise.race([over, promise]);
  } finally {
    clearInterval(look);
  }
}
