/**
 * Makes what was committed durable without holding the thread that commits: SQLite leaves the log unsynced (`synchronous = NORMAL`), and the
 * system's threads sync it. ADR 22 says what is promised, and why no order of writes is lost by it.
 */
import fs from 'node:fs';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createRepeats } from '#lib/repeats.ts';
import { StoreError } from '#lib/store-error.ts';

/** What nobody waits for is synced so long after it was committed, with what comes meanwhile. */
const lingerMs = 200;
/** After a disk refused. */
const retryMs = 1_000;
/** A sync that takes longer is told. */
const slowMs = 1_000;
const pieceBytes = 2 ** 20;

export type WalSync = {
  /** A transaction was committed. */
  wrote(): void;
  /**
   * Resolves when all that was committed until now outlasts a power cut; as late as the disk is. Rejects with `StoreError` where the disk
   * refuses: it is tried again, and who asks again learns how that went.
   */
  durable(): Promise<void>;
  /** Nothing is synced any more; what waits for it is refused. */
  close(): void;
};

type Sync = (fd: number, done: (error: Error | null) => void) => void;

/**
 * `path`: of the log (`…-wal`), which SQLite must have opened. It may be opened and closed here: SQLite holds its locks on the database and on
 * `…-shm`, and POSIX drops a process's locks on a file only when a descriptor of that very file is closed.
 * `exclusive` runs something while nobody writes to the log.
 */
export function createWalSync(deps: {
  path: string;
  clock: Clock;
  log: Log;
  exclusive: (work: () => void) => void;
  sync?: Sync;
}): WalSync {
  const { clock, log, sync = fs.fdatasync } = deps;
  const repeats = createRepeats(log);
  const fd = fs.openSync(deps.path, 'r+');
  /** Transactions that were committed, and those of them that are durable. */
  let written = 0;
  let synced = 0;
  let syncing = false;
  let closed = false;
  let refused = false;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let waiting: { upTo: number; done: () => void; failed: (error: Error) => void }[] = [];

  const later = (ms: number): void => {
    timer ??= setTimeout(run, ms);
    timer.unref();
  };
  const shut = (): void => {
    fs.closeSync(fd);
  };

  /**
   * What a disk refused counts as written for the system, which would not write it again: it is put into the system's memory once more,
   * from where it still is.
   */
  const writeAgain = (): void => {
    const piece = Buffer.allocUnsafe(pieceBytes);
    deps.exclusive(() => {
      for (let at = 0; ; ) {
        const bytes = fs.readSync(fd, piece, 0, piece.length, at);
        if (bytes === 0) return;
        fs.writeSync(fd, piece, 0, bytes, at);
        at += bytes;
      }
    });
  };

  const failed = (error: Error): void => {
    if (!refused)
      log.error('the disk with the data folder refuses to keep what the index was told', { error: error.message });
    refused = true;
    const all = waiting;
    waiting = [];
    const reason = 'The disk that holds the data folder fails to read or write. Check the disk.';
    for (const one of all) one.failed(new StoreError('io', reason, { cause: error }));
    try {
      writeAgain();
    } catch (cause) {
      repeats.warn('what the index was told could not be written once more; it is tried again', {
        more: { error: String(cause) },
      });
    }
    later(retryMs);
  };

  function run(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (syncing || closed || synced === written) return;
    syncing = true;
    const upTo = written;
    const fromMs = clock.monoMs();
    sync(fd, (error) => {
      syncing = false;
      if (closed) {
        shut();
        return;
      }
      if (error !== null) {
        failed(error);
        return;
      }
      synced = upTo;
      if (refused) log.info('the disk with the data folder keeps what the index is told again');
      refused = false;
      const ms = clock.monoMs() - fromMs;
      if (ms > slowMs)
        repeats.warn('the disk with the data folder is slow', { more: { ms: Math.round(ms) }, weight: ms });
      const [ready, left] = [waiting.filter((w) => w.upTo <= synced), waiting.filter((w) => w.upTo > synced)];
      waiting = left;
      for (const { done } of ready) done();
      if (left.length > 0) run();
      else if (written > synced) later(lingerMs);
    });
  }

  return {
    wrote() {
      written += 1;
      if (!syncing) later(lingerMs);
    },
    durable: () =>
      new Promise((done, fail) => {
        if (synced === written) {
          done();
          return;
        }
        waiting.push({ upTo: written, done, failed: fail });
        // While the disk refuses it is asked as often as it is, and no more.
        if (!refused) run();
      }),
    close() {
      if (closed) return;
      closed = true;
      if (timer !== null) clearTimeout(timer);
      for (const one of waiting) one.failed(new StoreError('other', 'The index was closed.'));
      waiting = [];
      repeats.end();
      if (!syncing) shut();
    },
  };
}
