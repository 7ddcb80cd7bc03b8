import type { Database } from 'better-sqlite3';
import type { StreamId } from '#domain/id.ts';

const derived =
  'SELECT stream_id, volume_id, count(*), sum(bytes) FROM segment WHERE state <> 0 GROUP BY stream_id, volume_id';

/**
 * How many finished segments a stream has on a volume, and their bytes: what retention by size asks again and again. Always to be called
 * inside the transaction that writes the segments; a segment that is being written does not count.
 */
export function createStoredRows(db: Database) {
  const count = db.prepare(
    `INSERT INTO stored (stream_id, volume_id, segments, bytes) VALUES (?, ?, ?, ?)
     ON CONFLICT (stream_id, volume_id) DO UPDATE SET segments = segments + excluded.segments, bytes = bytes + excluded.bytes`,
  );
  const all = db.prepare<[], { streamId: StreamId; volume: number; segments: number; bytes: number }>(
    'SELECT stream_id AS streamId, volume_id AS volume, segments, bytes FROM stored',
  );
  const differing = db
    .prepare<[], number>(
      `SELECT (SELECT count(*) FROM (${derived} EXCEPT SELECT * FROM stored))
       + (SELECT count(*) FROM (SELECT * FROM stored WHERE segments <> 0 OR bytes <> 0 EXCEPT ${derived}))`,
    )
    .pluck();
  return {
    add(streamId: StreamId, volume: number, segments: number, bytes: number): void {
      count.run(streamId, volume, segments, bytes);
    },
    all: () => all.all(),
    agrees: (): boolean => differing.get() === 0,
    rebuild(): void {
      db.exec(`DELETE FROM stored; INSERT INTO stored ${derived}`);
    },
  };
}
