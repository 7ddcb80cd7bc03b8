import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CameraId, EventId } from '#domain/id.ts';
import { quietLog } from '#lib/log.ts';
import { tempFolder } from '../../../../tests/support/temp.ts';
import { openEventPictureStore } from './event-picture-store.ts';
import { openSealedPictures } from './sealed-pictures.ts';
import { sealing } from './sealing.ts';
import { openThumbnailStore } from './thumbnail-store.ts';

const key = new Uint8Array(32).fill(9);
const gate = CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZA');
const event = EventId.parse('01HZZZZZZZZZZZZZZZZZZZZZZE');
let folder: ReturnType<typeof tempFolder>;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => {
  folder.remove();
});
const kind = {
  mark: 'vigie test pictures',
  version: 1,
  schema:
    'CREATE TABLE picture (n INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT; CREATE TABLE mark (sealed BLOB NOT NULL) STRICT;',
  words: 'they cannot be read',
} as const;

it('opens what Vigie wrote before its stores became one', () => {
  const seal = sealing(key);
  const thumbs = join(folder.path, 'thumbnails.db');
  const old = new Sqlite(thumbs);
  old.exec(`
    CREATE TABLE camera (id INTEGER PRIMARY KEY, ulid TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE thumbnail (camera_id INTEGER NOT NULL REFERENCES camera (id) ON DELETE CASCADE, slot INTEGER NOT NULL,
      at_ms INTEGER NOT NULL, level INTEGER NOT NULL CHECK (level IN (0, 1, 2)), sealed BLOB NOT NULL) STRICT;
    CREATE UNIQUE INDEX thumbnail_slot ON thumbnail (camera_id, slot, at_ms);
    CREATE INDEX thumbnail_level ON thumbnail (level, slot);
    CREATE INDEX thumbnail_coarse ON thumbnail (camera_id, at_ms, level) WHERE level < 2;
    CREATE TABLE tally (level INTEGER PRIMARY KEY, count INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
    INSERT INTO tally (level, count, bytes) VALUES (0, 1, 31), (1, 0, 0), (2, 0, 0);
    CREATE TABLE mark (sealed BLOB NOT NULL) STRICT;
    INSERT INTO camera VALUES (1, '${gate}');
    PRAGMA user_version = 1;`);
  old.prepare('INSERT INTO mark VALUES (?)').run(seal.seal(Buffer.from('vigie thumbnails'), 'mark'));
  old.prepare('INSERT INTO thumbnail VALUES (1, 2, 20500, 0, ?)').run(seal.seal(Buffer.from('old'), '1 20500'));
  old.close();
  const store = openThumbnailStore(thumbs, key, quietLog);
  expect(store.near(gate, 20_000, 1_000)?.jpeg.toString()).toBe('old');
  expect(store.totals()).toEqual({ counts: { 0: 1, 1: 0, 2: 0 }, bytes: 31 });
  store.close();

  const events = join(folder.path, 'event-pictures.db');
  const before = new Sqlite(events);
  before.exec(`
    CREATE TABLE picture (event_id TEXT PRIMARY KEY, camera_id TEXT NOT NULL, at_ms INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;
    CREATE INDEX picture_camera ON picture (camera_id, at_ms);
    CREATE INDEX picture_at ON picture (at_ms);
    CREATE TABLE mark (sealed BLOB NOT NULL) STRICT;
    CREATE TABLE tally (bytes INTEGER NOT NULL) STRICT;
    INSERT INTO tally (bytes) VALUES (31);
    PRAGMA user_version = 1;`);
  before.prepare('INSERT INTO mark VALUES (?)').run(seal.seal(Buffer.from('vigie event pictures'), 'mark'));
  before.prepare('INSERT INTO picture VALUES (?, ?, 5, ?)').run(event, gate, seal.seal(Buffer.from('old'), event));
  before.close();
  const pictures = openEventPictureStore(events, key, quietLog);
  expect([pictures.get(event)?.toString(), pictures.bytes()]).toEqual(['old', 31]);
  pictures.close();
  expect(readdirSync(folder.path).sort()).toEqual(['event-pictures.db', 'thumbnails.db']);
});

it('does away with what it cannot use as its kind wants it, and removes many in steps', () => {
  const path = join(folder.path, 'pictures.db');
  const foreign = 'no database at all, but long enough to look at: '.repeat(200);
  writeFileSync(path, foreign);
  openSealedPictures(path, key, quietLog, { ...kind, unusable: 'set-aside' }).close();
  expect(existsSync(`${path}.unreadable`)).toBe(true);
  writeFileSync(path, foreign);
  const store = openSealedPictures(path, key, quietLog, { ...kind, unusable: 'delete' });
  expect(readdirSync(folder.path).filter((name) => name.includes('unreadable'))).toEqual(['pictures.db.unreadable']);
  const insert = store.db.prepare('INSERT INTO picture VALUES (?, ?)');
  for (let n = 0; n < 25; n += 1) insert.run(n, store.seal(Uint8Array.of(n), String(n)));
  const some = store.db.prepare<[], number>('SELECT n FROM picture WHERE n < 23 LIMIT 10').pluck();
  const remove = store.db.prepare('DELETE FROM picture WHERE n = ?');
  let steps = 0;
  const gone = store.sweep(
    () => {
      steps += 1;
      return some.all();
    },
    (n) => remove.run(n),
  );
  expect([gone.length, steps]).toEqual([23, 4]);
  store.giveBack(10);
  store.close();
});
