import Sqlite from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createRepeats } from '#lib/repeats.ts';
import { StoreError, type StoreTrouble } from '#lib/store-error.ts';

/** Anything slower is written to the log, at most once a minute of each kind. */
const slowMs = 100;

const troubles: [RegExp, StoreTrouble, string][] = [
  [/^SQLITE_FULL/, 'full', 'The disk that holds the data folder is full. Make room on it.'],
  [
    /^SQLITE_READONLY|^SQLITE_PERM/,
    'readonly',
    'The data folder cannot be written. Check its permissions, or that its disk is not read-only.',
  ],
  [
    /^SQLITE_CORRUPT|^SQLITE_NOTADB/,
    'corrupt',
    'The database in the data folder is damaged. Start Vigie again: it puts a backup in its place. Without one, run "vigie rebuild-index": the video is not lost.',
  ],
  [/^SQLITE_BUSY|^SQLITE_LOCKED/, 'busy', 'Another program holds the database in the data folder. Close it.'],
  [
    /^SQLITE_CANTOPEN/,
    'missing',
    'The database in the data folder cannot be opened. Check that the folder is there and can be written.',
  ],
  [/^SQLITE_IOERR/, 'io', 'The disk that holds the data folder fails to read or write. Check the disk.'],
];

/** The database's own errors in Vigie's words; anything else (a bug of ours) as it is. */
export function storeError(error: unknown): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error;
  for (const [code, reason, message] of troubles) {
    if (code.test(error.code)) return new StoreError(reason, message, { cause: error });
  }
  return new StoreError('other', `The database refused: ${error.message}`, { cause: error });
}

export type Connection = {
  db: Database;
  /** One read, timed. */
  read<T>(name: string, work: () => T): T;
  /** One write transaction, timed; inside another it becomes part of that. */
  write<T>(name: string, work: () => T): T;
  /** From now on `listener` is told of each transaction of `write` that was committed. */
  onCommit(listener: () => void): void;
  close(): void;
};

/** Opens a database file. Throws `StoreError`. */
export function connect(path: string, mode: 'write' | 'read', deps: { clock: Clock; log: Log }): Connection {
  const { clock } = deps;
  const repeats = createRepeats(deps.log);
  let committed = (): void => undefined;
  const guard = <T>(name: string, work: () => T): T => {
    const started = clock.monoMs();
    try {
      return work();
    } catch (error) {
      throw storeError(error);
    } finally {
      const ms = clock.monoMs() - started;
      if (ms > slowMs) repeats.warn('slow query', { by: { query: name }, more: { ms: Math.round(ms) }, weight: ms });
    }
  };
  const db = guard('open', () => {
    const opened = new Sqlite(path, mode === 'read' ? { readonly: true, fileMustExist: true } : {});
    try {
      opened.pragma('busy_timeout = 5000');
      opened.pragma('foreign_keys = ON');
      if (mode === 'write') {
        opened.pragma('journal_mode = WAL');
        // FULL syncs the log at every commit: what was said to be indexed is there after a power cut. A station leaves that to
        // other threads (`wal-sync.ts`), so that a slow disk does not hold it.
        opened.pragma('synchronous = FULL');
        opened.pragma('journal_size_limit = 67108864');
        opened.pragma('cache_size = -16384');
      } else {
        opened.pragma('cache_size = -65536');
      }
      opened.pragma('temp_store = MEMORY');
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  });
  return {
    db,
    read: guard,
    write(name, work) {
      if (db.inTransaction) return work();
      const done = guard(name, () => db.transaction(work).immediate());
      committed();
      return done;
    },
    onCommit(listener) {
      committed = listener;
    },
    close() {
      repeats.end();
      db.close();
    },
  };
}

/** An empty database in memory, to compare schemas with. */
export const emptyDatabase = (): Database => new Sqlite(':memory:');
