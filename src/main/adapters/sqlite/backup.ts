/** Copies of the index while it is in use, and whether a file is a sound index. */
import { setImmediate as turn } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import type { StoreTrouble } from '#lib/store-error.ts';
import { StoreError } from '#lib/store-error.ts';
import { storeError } from './connection.ts';
import { applicationId, schemaVersion } from './migrate.ts';

const pagesAtOnce = 64;
/** Between two steps: 256 KiB each, so about 50 MB a second at most. */
const pauseMs = 5;

/**
 * Copies the database at `from` into the new file `to`, in small steps on the caller's thread, which it blocks in between: for a
 * worker. One moment of the database is copied, whatever is written meanwhile. The copy is one file. Rejects with `StoreError`.
 */
export async function backUpDatabase(from: string, to: string, said: (done: number) => void): Promise<void> {
  const idle = new Int32Array(new SharedArrayBuffer(4));
  try {
    const source = new Sqlite(from, { readonly: true, fileMustExist: true });
    try {
      // Without a transaction of its own each commit of the writer would make the copy begin anew.
      source.exec('BEGIN');
      source.prepare('SELECT count(*) FROM sqlite_schema').get();
      await source.backup(to, {
        progress({ totalPages, remainingPages }) {
          said(totalPages === 0 ? 0 : 1 - remainingPages / totalPages);
          Atomics.wait(idle, 0, 0, pauseMs);
          return pagesAtOnce;
        },
      });
      source.exec('COMMIT');
    } finally {
      source.close();
    }
    const copy = new Sqlite(to, { fileMustExist: true });
    try {
      copy.pragma('journal_mode = DELETE');
    } finally {
      copy.close();
    }
  } catch (error) {
    throw storeError(error);
  }
}

export type Soundness = { sound: true; version: number } | { sound: false; reason: StoreTrouble; why: string };

const number = (db: Database, pragma: string): number => Number(db.pragma(pragma, { simple: true }));

/**
 * Whether a file is an index that this program can take: whole pages, rows that can be read, ours, not newer. Table by table, with
 * a turn of the event loop in between; `budgetMs`: tables that come after so long are taken for sound. Never rejects.
 */
export async function soundness(path: string, budgetMs = Infinity): Promise<Soundness> {
  const unsound = (reason: StoreTrouble, why: string): Soundness => ({ sound: false, reason, why });
  let db: Database | null = null;
  try {
    db = new Sqlite(path, { readonly: true, fileMustExist: true });
    const version = number(db, 'user_version');
    if (number(db, 'application_id') !== applicationId) return unsound('foreign', 'it is not an index of Vigie');
    if (version > schemaVersion) return unsound('newer', 'it belongs to a newer Vigie');
    const started = performance.now();
    // The small ones first: what a station cannot be without.
    const tables = db
      .prepare<[], string>(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
         ORDER BY name IN ('event', 'segment', 'segment_hash'), name`,
      )
      .pluck()
      .all();
    if (tables.length === 0) return unsound('corrupt', 'it is empty');
    for (const table of tables) {
      if (performance.now() - started > budgetMs) break;
      const said = db
        .prepare<[], string>(`PRAGMA quick_check("${table.replaceAll('"', '""')}")`)
        .pluck()
        .get();
      if (said !== 'ok') return unsound('corrupt', said ?? 'it cannot be read');
      await turn();
    }
    return { sound: true, version };
  } catch (error) {
    const known = storeError(error);
    if (known instanceof StoreError && known.reason === 'corrupt')
      return unsound('corrupt', 'it is damaged, or no database at all');
    return known instanceof StoreError
      ? unsound(known.reason, known.message)
      : unsound('other', error instanceof Error ? error.message : String(error));
  } finally {
    db?.close();
  }
}
