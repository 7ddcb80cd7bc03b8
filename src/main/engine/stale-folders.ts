/** Cameras whose files beside the video one volume did not take: when they are written once more. */
import type { Clock } from '#lib/clock.ts';

/** After so long, and after twice as long each time that one is refused again. */
const firstWaitMs = 30_000;
const longestWaitMs = 900_000;

export type StaleFolders = {
  add(folder: string): void;
  /** Everything is written anew: none is missing any more. */
  clear(): void;
  /** Those to be written now, which are missing no longer; `back`: the volume takes video again, and so they may be at once. */
  due(back: boolean): ReadonlySet<string>;
};

export function createStaleFolders(clock: Pick<Clock, 'monoMs'>): StaleFolders {
  let folders = new Set<string>();
  let waitMs = firstWaitMs;
  let againMs = -Infinity;
  return {
    add(folder) {
      if (folders.size === 0 && clock.monoMs() - againMs > longestWaitMs) waitMs = firstWaitMs;
      if (folders.size === 0) againMs = clock.monoMs() + waitMs;
      folders.add(folder);
    },
    clear() {
      folders = new Set();
    },
    due(back) {
      if (folders.size === 0 || (!back && clock.monoMs() < againMs)) return new Set();
      const due = folders;
      folders = new Set();
      waitMs = back ? firstWaitMs : Math.min(waitMs * 2, longestWaitMs);
      return due;
    },
  };
}
