/**
 * Thumbnails in a database of their own beside the index: they are made from the video and can be made again, so a damaged or
 * foreign one is begun anew, and nothing is synced but at checkpoints. Pictures lie in it sealed (AES-256-GCM, NIST SP 800-38D).
 */
import { rmSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import type { CameraId } from '#domain/id.ts';
import { levelOf, slotOf, type ThumbnailLevel } from '#domain/thumbnail.ts';
import type { Log } from '#lib/log.ts';
import type { ThumbnailStore } from '../../engine/ports.ts';
import { sealing, type Sealing } from './sealing.ts';

const version = 1;
const schema = `
CREATE TABLE camera (id INTEGER PRIMARY KEY, ulid TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE thumbnail (
  camera_id INTEGER NOT NULL REFERENCES camera (id) ON DELETE CASCADE,
  slot INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  level INTEGER NOT NULL CHECK (level IN (0, 1, 2)),
  sealed BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX thumbnail_slot ON thumbnail (camera_id, slot, at_ms);
CREATE INDEX thumbnail_level ON thumbnail (level, slot);
CREATE INDEX thumbnail_coarse ON thumbnail (camera_id, at_ms, level) WHERE level < 2;
CREATE TABLE tally (level INTEGER PRIMARY KEY, count INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
INSERT INTO tally (level, count, bytes) VALUES (0, 0, 0), (1, 0, 0), (2, 0, 0);
CREATE TABLE mark (sealed BLOB NOT NULL) STRICT;
`;
const mark = Buffer.from('vigie thumbnails');

/** Opens the database, made if need be; null where it is not ours, damaged, or sealed with another key. */
function openSound(path: string, seal: Sealing): Database | null {
  const db = new Sqlite(path);
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('foreign_keys = ON');
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

/**
 * `key`: 32 bytes. Throws the system's error where no database can be made at `path`.
 */
export function openThumbnailStore(path: string, key: Uint8Array, log: Log): ThumbnailStore {
  const seal = sealing(key);
  let db = openSound(path, seal);
  if (db === null) {
    log.warn('the thumbnails cannot be read and are made anew', { path });
    for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
    db = openSound(path, seal);
    if (db === null) throw new Error(`${path} cannot be made.`);
  }
  return storeOf(db, seal);
}

type Row = { at_ms: number; slot: number; sealed: Buffer };

function storeOf(db: Database, seal: Sealing): ThumbnailStore {
  const findCamera = db.prepare<[string], number>('SELECT id FROM camera WHERE ulid = ?').pluck();
  const addCamera = db.prepare('INSERT INTO camera (ulid) VALUES (?)');
  const inSlot = db.prepare<[number, number], number>(
    'SELECT 1 FROM thumbnail WHERE camera_id = ? AND slot = ? LIMIT 1',
  );
  const coarseBefore = db
    .prepare<[number, number], number>(
      'SELECT at_ms FROM thumbnail WHERE camera_id = ? AND at_ms <= ? AND level = 0 ORDER BY at_ms DESC LIMIT 1',
    )
    .pluck();
  const minuteBefore = db
    .prepare<[number, number], number>(
      'SELECT at_ms FROM thumbnail WHERE camera_id = ? AND at_ms <= ? AND level < 2 ORDER BY at_ms DESC LIMIT 1',
    )
    .pluck();
  const insert = db.prepare('INSERT INTO thumbnail (camera_id, slot, at_ms, level, sealed) VALUES (?, ?, ?, ?, ?)');
  const count = db.prepare('UPDATE tally SET count = count + ?, bytes = bytes + ? WHERE level = ?');
  const tally = db.prepare<[], { level: ThumbnailLevel; count: number; bytes: number }>('SELECT * FROM tally');
  const before = db.prepare<[number, number, number], Row>(
    'SELECT at_ms, slot, sealed FROM thumbnail WHERE camera_id = ? AND slot <= ? AND slot >= ? ORDER BY slot DESC LIMIT 1',
  );
  const after = db.prepare<[number, number, number], Row>(
    'SELECT at_ms, slot, sealed FROM thumbnail WHERE camera_id = ? AND slot > ? AND slot <= ? ORDER BY slot LIMIT 1',
  );
  const firstIn = db
    .prepare<[number, number, number, number, number], number>(
      'SELECT at_ms FROM thumbnail WHERE camera_id = ? AND slot >= ? AND slot <= ? AND at_ms >= ? AND at_ms < ? ORDER BY slot LIMIT 1',
    )
    .pluck();
  const newest = db
    .prepare<[number], number>('SELECT at_ms FROM thumbnail WHERE camera_id = ? ORDER BY slot DESC LIMIT 1')
    .pluck();
  const oldest = db.prepare<[], { ulid: string; at_ms: number }>(
    'SELECT ulid, (SELECT min(slot) FROM thumbnail WHERE camera_id = camera.id) AS slot, ' +
      '(SELECT at_ms FROM thumbnail WHERE camera_id = camera.id ORDER BY slot LIMIT 1) AS at_ms FROM camera ' +
      'WHERE EXISTS (SELECT 1 FROM thumbnail WHERE camera_id = camera.id)',
  );
  const oldestOfLevel = db
    .prepare<[number, number], number>('SELECT rowid FROM thumbnail WHERE level = ? ORDER BY slot LIMIT ?')
    .pluck();
  const oneOf = db.prepare<[number], { level: number; bytes: number }>(
    'SELECT level, length(sealed) AS bytes FROM thumbnail WHERE rowid = ?',
  );
  const removeOne = db.prepare('DELETE FROM thumbnail WHERE rowid = ?');
  const inSpan = db
    .prepare<[number, number, number, number], number>(
      'SELECT rowid FROM thumbnail WHERE camera_id = ? AND slot >= ? AND slot <= ? LIMIT ?',
    )
    .pluck();
  const removeCamera = db.prepare('DELETE FROM camera WHERE id = ?');

  const boundTo = (camera: number, atMs: number): string => `${camera} ${atMs}`;
  const removeRows = (rows: readonly number[]): void => {
    for (const row of rows) {
      const had = oneOf.get(row);
      if (had === undefined) continue;
      removeOne.run(row);
      count.run(-1, -had.bytes, had.level);
    }
  };
  const sweep = (camera: number, fromSlot: number, toSlot: number): void => {
    for (;;) {
      const rows = inSpan.all(camera, fromSlot, toSlot, 1000);
      if (rows.length === 0) return;
      removeRows(rows);
    }
  };

  return {
    put: (cameraId, atMs, jpeg) =>
      db.transaction(() => {
        const camera = findCamera.get(cameraId) ?? Number(addCamera.run(cameraId).lastInsertRowid);
        const slot = slotOf(atMs);
        if (inSlot.get(camera, slot) !== undefined) return;
        const level = levelOf(atMs, {
          coarseMs: coarseBefore.get(camera, atMs) ?? null,
          minuteMs: minuteBefore.get(camera, atMs) ?? null,
        });
        const sealed = seal.seal(jpeg, boundTo(camera, atMs));
        insert.run(camera, slot, atMs, level, sealed);
        count.run(1, sealed.length, level);
      })(),
    near(cameraId, atMs, withinMs) {
      const camera = findCamera.get(cameraId);
      if (camera === undefined) return null;
      const slot = slotOf(atMs);
      const rows = [
        before.get(camera, slot, slotOf(atMs - withinMs)),
        after.get(camera, slot, slotOf(atMs + withinMs)),
      ].filter((row) => row !== undefined);
      const best = rows.toSorted((a, b) => Math.abs(a.at_ms - atMs) - Math.abs(b.at_ms - atMs))[0];
      if (best === undefined || Math.abs(best.at_ms - atMs) > withinMs) return null;
      return { atMs: best.at_ms, jpeg: seal.open(best.sealed, boundTo(camera, best.at_ms)) };
    },
    firstIn(cameraId, fromMs, toMs) {
      const camera = findCamera.get(cameraId);
      return camera === undefined ? null : (firstIn.get(camera, slotOf(fromMs), slotOf(toMs), fromMs, toMs) ?? null);
    },
    newestMs(cameraId) {
      const camera = findCamera.get(cameraId);
      return camera === undefined ? null : (newest.get(camera) ?? null);
    },
    oldest: () => oldest.all().map(({ ulid, at_ms }) => ({ cameraId: ulid as CameraId, atMs: at_ms })),
    totals() {
      const counts: Record<ThumbnailLevel, number> = { 0: 0, 1: 0, 2: 0 };
      let bytes = 0;
      for (const row of tally.all()) {
        counts[row.level] = row.count;
        bytes += row.bytes;
      }
      return { counts, bytes };
    },
    removeOldest: (level, many) =>
      db.transaction(() => {
        removeRows(oldestOfLevel.all(level, many));
      })(),
    remove: (cameraId, fromMs, toMs) =>
      db.transaction(() => {
        const camera = findCamera.get(cameraId);
        if (camera !== undefined) sweep(camera, slotOf(fromMs), slotOf(toMs - 1));
      })(),
    removeCamera: (cameraId) =>
      db.transaction(() => {
        const camera = findCamera.get(cameraId);
        if (camera === undefined) return;
        sweep(camera, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
        removeCamera.run(camera);
      })(),
    giveBack() {
      db.pragma('incremental_vacuum(256)');
    },
    close: () => db.close(),
  };
}
