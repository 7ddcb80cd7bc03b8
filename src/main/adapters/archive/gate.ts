import { ArchiveError } from '#lib/archive-error.ts';

/**
 * Lets one operation through at a time, and gives up waiting for it after `patienceMs`. One that is stuck in the system (a share whose
 * server is gone) keeps the gate shut: whoever comes meanwhile waits as long and is refused, without a thread of its own.
 */
export function createGate(patienceMs: number): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>) => {
    const state = { given: false };
    const mine = last.then(() => {
      if (state.given) throw silent();
      return work();
    });
    last = mine.catch(() => undefined);
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        state.given = true;
        reject(silent());
      }, patienceMs);
      mine.then(resolve, reject).finally(() => {
        clearTimeout(timer);
      });
    });
  };
}

const silent = (): ArchiveError =>
  new ArchiveError('slow', 'It does not answer in time: its disk hangs, or the server of the share is gone.');
