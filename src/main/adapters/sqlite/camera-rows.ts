import { Camera } from '#domain/camera.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { StreamKind, StreamSettings } from '#domain/stream.ts';
import { StreamKind as Kind } from '#domain/stream.ts';
import type { CameraRecord, StreamRecord, WriteStore } from '../../engine/index-port.ts';
import type { Connection } from './connection.ts';

type RawCamera = {
  id: string;
  number: number;
  name: string;
  grp: string | null;
  folder: string;
  enabled: number;
  username: string | null;
  sealed_password: Uint8Array | null;
  created_ms: number;
  tags: string;
  notes: string;
  link: string | null;
};
const columnNames = 'id, number, name, grp, folder, enabled, username, sealed_password, created_ms, tags, notes, link';
type RawStream = { id: number; kind: string; url: string; transport: string; plan: string };
type Writes = WriteStore['camera'];

export function createCameraRows({ db, write, read }: Connection) {
  const insert = db.prepare(
    `INSERT INTO camera (${columnNames})
     VALUES (@id, @number, @name, @group, @folder, @enabled, @username, @sealedPassword, @createdMs, @tags, @notes, @link)`,
  );
  const update = db.prepare(
    `UPDATE camera SET number = @number, name = @name, grp = @group, enabled = @enabled, username = @username,
     sealed_password = @sealedPassword, tags = @tags, notes = @notes, link = @link WHERE id = @id`,
  );
  const putStream = db.prepare(
    `INSERT INTO stream (camera_id, kind, url, transport, plan, used) VALUES (?, ?, ?, ?, ?, 1)
     ON CONFLICT (camera_id, kind) DO UPDATE SET url = excluded.url, transport = excluded.transport, plan = excluded.plan, used = 1`,
  );
  const leaveStream = db.prepare('UPDATE stream SET used = 0 WHERE camera_id = ? AND kind = ?');
  const removed = db.prepare('UPDATE camera SET removed_ms = ? WHERE id = ? AND removed_ms IS NULL');
  const endGaps = db.prepare(
    'UPDATE gap SET to_ms = max(from_ms, ?) WHERE to_ms IS NULL AND stream_id IN (SELECT id FROM stream WHERE camera_id = ?)',
  );
  const endWanted = db.prepare(
    'UPDATE wanted SET to_ms = max(from_ms, ?) WHERE to_ms IS NULL AND stream_id IN (SELECT id FROM stream WHERE camera_id = ?)',
  );
  const segments = db
    .prepare<[string], number>(
      'SELECT count(*) FROM segment WHERE stream_id IN (SELECT id FROM stream WHERE camera_id = ?)',
    )
    .pluck();
  const uncount = db.prepare("UPDATE tally SET value = value - ? WHERE name = 'segments'");
  const erased = db.prepare('DELETE FROM camera WHERE id = ?');
  const present = db.prepare<[], RawCamera>(
    `SELECT ${columnNames} FROM camera WHERE removed_ms IS NULL ORDER BY number`,
  );
  const one = db.prepare<[string], RawCamera>(`SELECT ${columnNames} FROM camera WHERE id = ?`);
  const streamsOf = db.prepare<[string], RawStream>(
    'SELECT id, kind, url, transport, plan FROM stream WHERE camera_id = ? AND used = 1',
  );
  const allStreams = db.prepare<
    [],
    { id: number; camera_id: string; name: string; kind: string; folder: string; gone: number }
  >(
    `SELECT s.id, s.camera_id, c.name, s.kind, c.folder, (c.removed_ms IS NOT NULL OR s.used = 0) AS gone
     FROM stream AS s JOIN camera AS c ON c.id = s.camera_id ORDER BY s.id`,
  );

  const toRecord = (raw: RawCamera): CameraRecord => {
    const streams = new Map(streamsOf.all(raw.id).map((s) => [s.kind, s]));
    const settings = (kind: StreamKind): unknown => {
      const s = streams.get(kind);
      return s === undefined ? null : { url: s.url, transport: s.transport, plan: JSON.parse(s.plan) as unknown };
    };
    const camera = Camera.parse({
      id: raw.id,
      number: raw.number,
      name: raw.name,
      group: raw.grp,
      folder: raw.folder,
      enabled: raw.enabled === 1,
      main: settings('main'),
      sub: settings('sub'),
      username: raw.username,
      hasPassword: raw.sealed_password !== null,
      createdMs: raw.created_ms,
      tags: JSON.parse(raw.tags) as unknown,
      notes: raw.notes,
      link: raw.link === null ? null : (JSON.parse(raw.link) as unknown),
    });
    const main = streams.get('main')?.id;
    if (main === undefined) throw new Error(`camera ${raw.id} has no main stream in the database`);
    const sub = streams.get('sub')?.id ?? null;
    return {
      ...camera,
      sealedPassword: raw.sealed_password,
      streamIds: { main: main as StreamId, sub: sub as StreamId | null },
    };
  };
  const record = (id: CameraId): CameraRecord => {
    const raw = one.get(id);
    if (raw === undefined) throw new Error(`camera ${id} is not in the database`);
    return toRecord(raw);
  };
  const putStreams = (id: CameraId, kind: StreamKind, s: StreamSettings | null): void => {
    if (s === null) leaveStream.run(id, kind);
    else putStream.run(id, kind, s.url, s.transport, JSON.stringify(s.plan));
  };
  const columns = (c: Omit<CameraRecord, 'streamIds'>) => ({
    id: c.id,
    number: c.number,
    name: c.name,
    group: c.group,
    folder: c.folder,
    enabled: c.enabled ? 1 : 0,
    username: c.username,
    sealedPassword: c.sealedPassword,
    createdMs: c.createdMs,
    tags: JSON.stringify(c.tags),
    notes: c.notes,
    link: c.link === null ? null : JSON.stringify(c.link),
  });

  const writes: Writes = {
    add: (camera) =>
      write('add camera', () => {
        insert.run(columns(camera));
        putStreams(camera.id, 'main', camera.main);
        putStreams(camera.id, 'sub', camera.sub);
        return record(camera.id);
      }),
    save: (camera) =>
      write('save camera', () => {
        update.run(columns(camera));
        putStreams(camera.id, 'main', camera.main);
        putStreams(camera.id, 'sub', camera.sub);
        return record(camera.id);
      }),
    remove: (id, atMs) =>
      write('remove camera', () => {
        removed.run(atMs, id);
        endGaps.run(atMs, id);
        endWanted.run(atMs, id);
      }),
    erase: (id) =>
      write('erase camera', () => {
        uncount.run(segments.get(id) ?? 0);
        erased.run(id);
      }),
  };
  return {
    writes,
    cameras: () => read('cameras', () => present.all().map(toRecord)),
    streams: (): StreamRecord[] =>
      read('streams', () =>
        allStreams.all().map((s) => ({
          id: s.id as StreamId,
          cameraId: s.camera_id as CameraId,
          camera: s.name,
          kind: Kind.parse(s.kind),
          folder: s.folder,
          removed: s.gone === 1,
        })),
      ),
  };
}
