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

  const drop = (id: EventId): void => {
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
    remove: (cameraId, fromMs, toMs) =>
      pictures.sweep(
        () => (cameraId === null ? anyInSpan.all(fromMs, toMs) : inSpan.all(cameraId, fromMs, toMs)),
        drop,
      ),
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
