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
  removed_ms: number | null;
};

export function createVolumeRows({ db, read, write }: Connection): VolumeStore {
  const all = db.prepare<[], Raw>('SELECT * FROM volume ORDER BY id');
  const put = db.prepare(
    `INSERT INTO volume (id, mark, name, path, weight, reserve_bytes, sync, added_ms, removed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET mark = excluded.mark, name = excluded.name, path = excluded.path, weight = excluded.weight,
       reserve_bytes = excluded.reserve_bytes, sync = excluded.sync, added_ms = excluded.added_ms, removed_ms = excluded.removed_ms`,
  );
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
          addedMs: r.added_ms,
          removedMs: r.removed_ms,
        })),
      ),
    put: (v) =>
      write('save volume', () => {
        put.run(v.volume, v.mark, v.name, v.path, v.weight, v.reserveBytes, 'durable', v.addedMs, v.removedMs);
      }),
  };
}
