/**
 * Thumbnails in a database of their own beside the index, sealed: they are made from the video and can be made again, so a damaged or
 * foreign one is begun anew.
 */
import type { CameraId } from '#domain/id.ts';
import { levelOf, slotOf, type ThumbnailLevel } from '#domain/thumbnail.ts';
import type { Log } from '#lib/log.ts';
import type { ThumbnailStore } from '../../engine/thumbnail-port.ts';
import { openSealedPictures } from './sealed-pictures.ts';

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

type Row = { at_ms: number; slot: number; sealed: Buffer };

/** `key`: 32 bytes. Throws the system's error where no database can be made at `path`. */
export function openThumbnailStore(path: string, key: Uint8Array, log: Log): ThumbnailStore {
  const thumbnails = openSealedPictures(path, key, log, {
    mark: 'vigie thumbnails',
    version: 1,
    schema,
    unusable: 'delete',
    words: 'the thumbnails cannot be read and are made anew',
  });
  const { db } = thumbnails;
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
  const removeRow = (row: number): void => {
    const had = oneOf.get(row);
    if (had === undefined) return;
    removeOne.run(row);
    count.run(-1, -had.bytes, had.level);
  };
  const sweep = (camera: number, fromSlot: number, toSlot: number): void => {
    thumbnails.sweep(() => inSpan.all(camera, fromSlot, toSlot, 1000), removeRow);
  };

  const putOne = (camera: number, atMs: number, jpeg: Uint8Array): void => {
    const slot = slotOf(atMs);
    if (inSlot.get(camera, slot) !== undefined) return;
    const level = levelOf(atMs, {
      coarseMs: coarseBefore.get(camera, atMs) ?? null,
      minuteMs: minuteBefore.get(camera, atMs) ?? null,
    });
    const sealed = thumbnails.seal(jpeg, boundTo(camera, atMs));
    insert.run(camera, slot, atMs, level, sealed);
    count.run(1, sealed.length, level);
  };
  const putAll: ThumbnailStore['putAll'] = (cameraId, pictures) => {
    if (pictures.length === 0) return;
    db.transaction(() => {
      const camera = findCamera.get(cameraId) ?? Number(addCamera.run(cameraId).lastInsertRowid);
      for (const { atMs, jpeg } of pictures) putOne(camera, atMs, jpeg);
    })();
  };

  return {
    putAll,
    put: (cameraId, atMs, jpeg) => {
      putAll(cameraId, [{ atMs, jpeg }]);
    },
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
      return { atMs: best.at_ms, jpeg: thumbnails.open(best.sealed, boundTo(camera, best.at_ms)) };
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
        for (const row of oldestOfLevel.all(level, many)) removeRow(row);
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
      thumbnails.giveBack(256);
    },
    close: () => thumbnails.close(),
  };
}
