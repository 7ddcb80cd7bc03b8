/**
 * Pictures of events in a database of their own beside the index, sealed. They cannot be made again in general, so that one which
 * cannot be used is set aside rather than deleted.
 */
import { existsSync, renameSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import type { EventId } from '#domain/id.ts';
import type { Log } from '#lib/log.ts';
import type { EventPictureStore } from '../../engine/watch-port.ts';
import { sealing, type Sealing } from './sealing.ts';

const version = 1;
const schema = `
CREATE TABLE picture (
  event_id TEXT PRIMARY KEY,
  camera_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT;
CREATE INDEX picture_camera ON picture (camera_id, at_ms);
CREATE INDEX picture_at ON picture (at_ms);
CREATE TABLE mark (sealed BLOB NOT NULL) STRICT;
CREATE TABLE tally (bytes INTEGER NOT NULL) STRICT;
INSERT INTO tally (bytes) VALUES (0);
`;
const mark = Buffer.from('vigie event pictures');

/** Null where it is not ours, damaged, or sealed with another key. */
function openSound(path: string, seal: Sealing): Database | null {
  const db = new Sqlite(path);
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
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
export function openEventPictureStore(path: string, key: Uint8Array, log: Log): EventPictureStore {
  const seal = sealing(key);
  let db = openSound(path, seal);
  if (db === null) {
    log.warn('the pictures of events cannot be read: they are set aside, and begun anew', { path });
    for (const end of ['', '-wal', '-shm'])
      if (existsSync(path + end)) renameSync(path + end, `${path}.unreadable${end}`);
    db = openSound(path, seal);
    if (db === null) throw new Error(`${path} cannot be made.`);
  }
  return storeOf(db, seal);
}

function storeOf(db: Database, seal: Sealing): EventPictureStore {
  const insert = db.prepare('INSERT OR REPLACE INTO picture (event_id, camera_id, at_ms, sealed) VALUES (?, ?, ?, ?)');
  const one = db.prepare<[string], Buffer>('SELECT sealed FROM picture WHERE event_id = ?').pluck();
  const inSpan = db
    .prepare<[string, number, number], EventId>(
      'SELECT event_id FROM picture WHERE camera_id = ? AND at_ms >= ? AND at_ms < ? LIMIT 500',
    )
    .pluck();
  const anyInSpan = db
    .prepare<[number, number], EventId>('SELECT event_id FROM picture WHERE at_ms >= ? AND at_ms < ? LIMIT 500')
    .pluck();
  const oldest = db.prepare<[number], EventId>('SELECT event_id FROM picture ORDER BY at_ms LIMIT ?').pluck();
  const sizeOf = db.prepare<[string], number>('SELECT length(sealed) FROM picture WHERE event_id = ?').pluck();
  const remove = db.prepare('DELETE FROM picture WHERE event_id = ?');
  const count = db.prepare('UPDATE tally SET bytes = bytes + ?');
  const bytes = db.prepare<[], number>('SELECT bytes FROM tally').pluck();

  const drop = (ids: readonly EventId[]): void =>
    db.transaction(() => {
      for (const id of ids) {
        count.run(-(sizeOf.get(id) ?? 0));
        remove.run(id);
      }
    })();
  /** In steps: a span may have very many. */
  const sweep = (some: () => EventId[]): EventId[] => {
    const gone: EventId[] = [];
    for (let ids = some(); ids.length > 0; ids = some()) {
      drop(ids);
      gone.push(...ids);
    }
    return gone;
  };

  return {
    put: (id, cameraId, atMs, jpeg) =>
      db.transaction(() => {
        const sealed = seal.seal(jpeg, id);
        count.run(sealed.length - (sizeOf.get(id) ?? 0));
        insert.run(id, cameraId, atMs, sealed);
      })(),
    get(id) {
      const sealed = one.get(id);
      return sealed === undefined ? null : seal.open(sealed, id);
    },
    remove: (cameraId, fromMs, toMs) =>
      sweep(() => (cameraId === null ? anyInSpan.all(fromMs, toMs) : inSpan.all(cameraId, fromMs, toMs))),
    bytes: () => bytes.get() ?? 0,
    removeOldest(howMany) {
      const ids = oldest.all(howMany);
      drop(ids);
      if (ids.length > 0) db.pragma('incremental_vacuum(1000)');
      return ids;
    },
    close: () => db.close(),
  };
}
