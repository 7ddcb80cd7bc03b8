import { ownVolume, SyncPolicy } from '#domain/volume.ts';
import type { VolumeStore } from '../../engine/volume-port.ts';
import type { Connection } from './connection.ts';

type Raw = {
  id: number;
  mark: string | null;
  name: string;
  path: string;
  weight: number;
  reserve_bytes: number | null;
  sync: string;
  added_ms: number;
  /** Since when nothing more is recorded there. */
  removed_ms: number | null;
};

export function createVolumeRows({ db, read, write }: Connection): VolumeStore {
  const all = db.prepare<[], Raw>('SELECT * FROM volume ORDER BY id');
  const put = db.prepare(
    `INSERT INTO volume (id, mark, name, path, weight, reserve_bytes, sync, added_ms, removed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET mark = excluded.mark, name = excluded.name, path = excluded.path, weight = excluded.weight,
       reserve_bytes = excluded.reserve_bytes, sync = excluded.sync, added_ms = excluded.added_ms, removed_ms = excluded.removed_ms`,
  );
  const remove = db.prepare(
    'DELETE FROM volume WHERE id = ? AND id <> ? AND NOT EXISTS (SELECT 1 FROM stored WHERE volume_id = volume.id AND segments > 0)',
  );
  const forget = db.prepare('DELETE FROM stored WHERE volume_id = ? AND segments = 0');
  const oldest = db
    .prepare<[number, number], number>(
      'SELECT start_ms FROM segment WHERE stream_id = ? AND volume_id = ? ORDER BY start_ms LIMIT 1',
    )
    .pluck();
  const newest = db
    .prepare<[number, number], number>(
      'SELECT start_ms FROM segment WHERE stream_id = ? AND volume_id = ? ORDER BY start_ms DESC LIMIT 1',
    )
    .pluck();
  return {
    all: () =>
      read('volumes', () =>
        all.all().map((r) => ({
          volume: r.id,
          mark: r.mark,
          name: r.name,
          path: r.path,
          weight: r.weight,
          reserveBytes: r.reserve_bytes,
          sync: SyncPolicy.catch('durable').parse(r.sync),
          addedMs: r.added_ms,
          pausedMs: r.removed_ms,
        })),
      ),
    put: (v) =>
      write('save volume', () => {
        put.run(v.volume, v.mark, v.name, v.path, v.weight, v.reserveBytes, v.sync, v.addedMs, v.pausedMs);
      }),
    remove: (volume) =>
      write('remove volume', () => {
        if (remove.run(volume, ownVolume).changes === 0)
          throw new Error(`volume ${volume} still has segments, or there is none such`);
        forget.run(volume);
      }),
    span: (streamId, volume) =>
      read('span of a volume', () => {
        const [first, last] = [oldest.get(streamId, volume), newest.get(streamId, volume)];
        return first === undefined || last === undefined ? null : { oldestMs: first, newestMs: last };
      }),
  };
}
