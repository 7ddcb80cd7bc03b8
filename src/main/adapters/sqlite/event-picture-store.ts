/**
 * Pictures of events in a database of their own beside the index, sealed. They cannot be made again in general, so that one which
 * cannot be used is set aside rather than deleted.
 */
import type { EventId } from '#domain/id.ts';
import type { Log } from '#lib/log.ts';
import type { EventPictureStore } from '../../engine/watch-port.ts';
import { openSealedPictures } from './sealed-pictures.ts';

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

/** Pictures that decided an event, beside its own. Came later than the others: made where it is missing. */
const looks = `
CREATE TABLE IF NOT EXISTS look (
  event_id TEXT NOT NULL,
  look_ms INTEGER NOT NULL,
  camera_id TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (event_id, look_ms)
) STRICT;
CREATE INDEX IF NOT EXISTS look_at ON look (look_ms);
`;

/** `key`: 32 bytes. Throws the system's error where no database can be made at `path`. */
export function openEventPictureStore(path: string, key: Uint8Array, log: Log): EventPictureStore {
  const pictures = openSealedPictures(path, key, log, {
    mark: 'vigie event pictures',
    version: 1,
    schema,
    unusable: 'set-aside',
    words: 'the pictures of events cannot be read: they are set aside, and begun anew',
  });
  const { db } = pictures;
  db.exec(looks);
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

  const putLook = db.prepare('INSERT OR REPLACE INTO look (event_id, look_ms, camera_id, sealed) VALUES (?, ?, ?, ?)');
  const oneLook = db
    .prepare<[string, number], Buffer>('SELECT sealed FROM look WHERE event_id = ? AND look_ms = ?')
    .pluck();
  const looksOf = db.prepare<[string], number>('SELECT look_ms FROM look WHERE event_id = ? ORDER BY look_ms').pluck();
  const looksBytes = db
    .prepare<[string], number>('SELECT ifnull(sum(length(sealed)), 0) FROM look WHERE event_id = ?')
    .pluck();
  const dropLooks = db.prepare('DELETE FROM look WHERE event_id = ?');
  type Look = { event_id: EventId; look_ms: number; bytes: number };
  const looksInSpan = db.prepare<[number, number, string | null, string | null], Look>(
    `SELECT event_id, look_ms, length(sealed) AS bytes FROM look
     WHERE look_ms >= ? AND look_ms < ? AND (? IS NULL OR camera_id = ?) LIMIT 500`,
  );
  const dropLook = db.prepare('DELETE FROM look WHERE event_id = ? AND look_ms = ?');
  const lookName = (id: EventId, atMs: number): string => `${id} ${String(atMs)}`;

  const drop = (id: EventId): void => {
    count.run(-(looksBytes.get(id) ?? 0));
    dropLooks.run(id);
    count.run(-(sizeOf.get(id) ?? 0));
    remove.run(id);
  };

  return {
    put: (id, cameraId, atMs, jpeg) =>
      db.transaction(() => {
        const sealed = pictures.seal(jpeg, id);
        count.run(sealed.length - (sizeOf.get(id) ?? 0));
        insert.run(id, cameraId, atMs, sealed);
      })(),
    get(id) {
      const sealed = one.get(id);
      return sealed === undefined ? null : pictures.open(sealed, id);
    },
    putLook: (id, cameraId, atMs, jpeg) =>
      db.transaction(() => {
        // Without the event's own they would not be found when room is needed.
        if (sizeOf.get(id) === undefined) return;
        const before = oneLook.get(id, atMs)?.length ?? 0;
        const sealed = pictures.seal(jpeg, lookName(id, atMs));
        count.run(sealed.length - before);
        putLook.run(id, atMs, cameraId, sealed);
      })(),
    getLook(id, atMs) {
      const sealed = oneLook.get(id, atMs);
      return sealed === undefined ? null : pictures.open(sealed, lookName(id, atMs));
    },
    looks: (id) => looksOf.all(id),
    remove(cameraId, fromMs, toMs) {
      pictures.sweep(
        () => looksInSpan.all(fromMs, toMs, cameraId, cameraId),
        ({ event_id: id, look_ms: atMs, bytes: size }) => {
          count.run(-size);
          dropLook.run(id, atMs);
        },
      );
      return pictures.sweep(
        () => (cameraId === null ? anyInSpan.all(fromMs, toMs) : inSpan.all(cameraId, fromMs, toMs)),
        drop,
      );
    },
    bytes: () => bytes.get() ?? 0,
    removeOldest(howMany) {
      const ids = oldest.all(howMany);
      db.transaction(() => {
        for (const id of ids) drop(id);
      })();
      if (ids.length > 0) pictures.giveBack(1000);
      return ids;
    },
    close: () => pictures.close(),
  };
}
