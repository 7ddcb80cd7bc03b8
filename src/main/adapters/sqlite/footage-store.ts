/**
 * Searches of recorded footage and what they found, in a database of their own beside the index; pictures are sealed. All can be searched
 * anew, so that one which cannot be used is set aside.
 */
import { existsSync, renameSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { FootageHit, FootageSearch } from '#domain/footage-search.ts';
import type { FootageSearchId } from '#domain/id.ts';
import type { Log } from '#lib/log.ts';
import type { FootageStore } from '../../engine/footage-port.ts';
import { sealing, type Sealing } from './sealing.ts';

const version = 1;
const schema = `
CREATE TABLE search (id TEXT PRIMARY KEY, search TEXT NOT NULL, cursor TEXT NOT NULL) STRICT;
CREATE TABLE hit (
  search_id TEXT NOT NULL REFERENCES search ON DELETE CASCADE,
  id INTEGER NOT NULL,
  camera_id TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  best_ms INTEGER NOT NULL,
  hit TEXT NOT NULL,
  sealed BLOB,
  PRIMARY KEY (search_id, id)
) STRICT;
CREATE INDEX hit_picture ON hit (best_ms) WHERE sealed IS NOT NULL;
CREATE TABLE mark (sealed BLOB NOT NULL) STRICT;
`;
const mark = Buffer.from('vigie footage searches');
const Cursor = z.object({ camera: z.number().int().min(0), atMs: z.number() });

/** Null where it is not ours, damaged, or sealed with another key. */
function openSound(path: string, seal: Sealing): Database | null {
  const db = new Sqlite(path);
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('wal_autocheckpoint = 0'); // another thread does it (`openCheckpointer`)
    db.pragma('foreign_keys = ON');
    db.pragma('auto_vacuum = INCREMENTAL');
    const made = Number(db.pragma('user_version', { simple: true }));
    if (made === 0) {
      db.transaction(() => {
        db.exec(schema);
        db.prepare('INSERT INTO mark (sealed) VALUES (?)').run(seal.seal(mark, 'mark'));
        db.pragma(`user_version = ${version}`);
      })();
      return db;
    }
    const sealed = made === version ? db.prepare<[], Buffer>('SELECT sealed FROM mark').pluck().get() : undefined;
    if (sealed !== undefined && seal.open(sealed, 'mark').equals(mark)) return db;
  } catch {
    // Whatever it is, it is none of ours that can be used.
  }
  db.close();
  return null;
}

/** `key`: 32 bytes. Throws the system's error where no database can be made at `path`. */
export function openFootageStore(path: string, key: Uint8Array, log: Log): FootageStore {
  const seal = sealing(key);
  let db = openSound(path, seal);
  if (db === null) {
    log.warn('the searches of footage cannot be read: they are set aside, and begun anew', { path });
    for (const end of ['', '-wal', '-shm'])
      if (existsSync(path + end)) renameSync(path + end, `${path}.unreadable${end}`);
    db = openSound(path, seal);
    if (db === null) throw new Error(`${path} cannot be made.`);
  }
  return storeOf(db, seal);
}

type HitRow = { hit: string; pictured: number };

function storeOf(db: Database, seal: Sealing): FootageStore {
  const searches = db.prepare<[], { search: string; cursor: string }>(
    'SELECT search, cursor FROM search ORDER BY id DESC',
  );
  const putSearch = db.prepare(
    `INSERT INTO search (id, search, cursor) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET search = excluded.search, cursor = excluded.cursor`,
  );
  const removeSearch = db.prepare('DELETE FROM search WHERE id = ?');
  const hits = db.prepare<[string], HitRow>(
    'SELECT hit, sealed IS NOT NULL AS pictured FROM hit WHERE search_id = ? ORDER BY id',
  );
  const hit = db.prepare<[string, number], HitRow>(
    'SELECT hit, sealed IS NOT NULL AS pictured FROM hit WHERE search_id = ? AND id = ?',
  );
  const putHit = db.prepare(
    `INSERT INTO hit (search_id, id, camera_id, from_ms, best_ms, hit, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (search_id, id) DO UPDATE SET from_ms = excluded.from_ms, best_ms = excluded.best_ms, hit = excluded.hit,
       sealed = coalesce(excluded.sealed, sealed)`,
  );
  const removeFrom = db.prepare('DELETE FROM hit WHERE search_id = ? AND camera_id = ? AND from_ms >= ?');
  const picture = db
    .prepare<[string, number], Buffer | null>('SELECT sealed FROM hit WHERE search_id = ? AND id = ?')
    .pluck();
  const inSpan =
    'sealed IS NOT NULL AND best_ms >= @fromMs AND best_ms < @toMs AND (@camera IS NULL OR camera_id = @camera)';
  const touched = db
    .prepare<[{ camera: string | null; fromMs: number; toMs: number }], FootageSearchId>(
      `SELECT DISTINCT search_id FROM hit WHERE ${inSpan}`,
    )
    .pluck();
  const bare = db.prepare(`UPDATE hit SET sealed = NULL WHERE ${inSpan}`);

  const bound = (id: string, number: number): string => `${id} ${String(number)}`;
  /** A row that another version wrote otherwise is left out. */
  const parse = <T>(of: z.ZodType<T>, text: string, more: object): T[] => {
    const read = of.safeParse({ ...(JSON.parse(text) as object), ...more });
    return read.success ? [read.data] : [];
  };
  const hitOf = (row: HitRow): FootageHit[] => parse(FootageHit, row.hit, { hasPicture: row.pictured === 1 });

  return {
    searches: () =>
      searches.all().flatMap((row) =>
        parse(FootageSearch, row.search, {}).map((search) => ({
          search,
          cursor: Cursor.parse(JSON.parse(row.cursor)),
        })),
      ),
    put: ({ search, cursor }) => {
      putSearch.run(search.id, JSON.stringify(search), JSON.stringify(cursor));
    },
    remove(id) {
      removeSearch.run(id);
      db.pragma('incremental_vacuum(1000)');
    },
    hits: (id) => hits.all(id).flatMap(hitOf),
    hit(id, number) {
      const row = hit.get(id, number);
      return row === undefined ? null : (hitOf(row)[0] ?? null);
    },
    putHit(id, found, jpeg) {
      const sealed = jpeg === null ? null : seal.seal(jpeg, bound(id, found.id));
      putHit.run(id, found.id, found.cameraId, found.fromMs, found.bestMs, JSON.stringify(found), sealed);
    },
    removeFrom: (id, cameraId, fromMs) => {
      removeFrom.run(id, cameraId, fromMs);
    },
    picture(id, number) {
      const sealed = picture.get(id, number) ?? null;
      return sealed === null ? null : seal.open(sealed, bound(id, number));
    },
    bare(camera, fromMs, toMs) {
      const span = { camera, fromMs, toMs };
      const ids = touched.all(span);
      bare.run(span);
      return ids;
    },
    close: () => db.close(),
  };
}
