/** Takes what is in a database's log into the database, on the caller's thread, which it blocks for as long as the disk takes: for a worker. */
import Sqlite from 'better-sqlite3';
import { storeError } from './connection.ts';

/** Pages in the log, and how many of them are not in the database yet. */
export type LogState = { pages: number; left: number };

export type Checkpointer = {
  state(): LogState;
  /** Takes over what it can without holding up anybody; what readers still need stays. */
  take(): LogState;
  /**
   * Once all was taken: writes the first page of a new log over the old one, so that no other writer has to, since its head must be on disk before
   * anything follows it (one sync).
   */
  beginAnew(): void;
  /** The last to close it takes over what is left, and removes the log. */
  close(): void;
};

/** Opens a database that is there. Everything throws `StoreError`. */
export function openCheckpointer(path: string): Checkpointer {
  const words = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw storeError(error);
    }
  };
  const db = words(() => {
    const opened = new Sqlite(path, { fileMustExist: true });
    opened.pragma('busy_timeout = 1000');
    opened.pragma('synchronous = NORMAL');
    opened.pragma('wal_autocheckpoint = 0');
    opened.pragma('journal_size_limit = 67108864');
    return opened;
  });
  const checkpoint = (mode: 'NOOP' | 'PASSIVE'): LogState =>
    words(() => {
      const [said] = db.pragma(`wal_checkpoint(${mode})`) as { log: number; checkpointed: number }[];
      const pages = Math.max(0, said?.log ?? 0);
      return { pages, left: pages - Math.max(0, said?.checkpointed ?? 0) };
    });
  return {
    state: () => checkpoint('NOOP'),
    take: () => checkpoint('PASSIVE'),
    beginAnew: () =>
      words(() => {
        // Any page will do: the version of the schema is written as it is.
        db.transaction(() =>
          db.pragma(`user_version = ${Number(db.pragma('user_version', { simple: true }))}`),
        ).immediate();
      }),
    close: () => words(() => db.close()),
  };
}
