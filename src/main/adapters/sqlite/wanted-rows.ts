import type { StreamId } from '#domain/id.ts';
import type { WantedRun, WantedStore } from '../../engine/wanted-port.ts';
import type { Connection } from './connection.ts';

type Raw = { from_ms: number; to_ms: number | null };
const toRun = (raw: Raw): WantedRun => ({ fromMs: raw.from_ms, toMs: raw.to_ms });

/** Runs in which recording was asked for: in order, not touching, at most one of them open. */
export function createWantedRows({ db, read, write }: Connection): {
  writes: WantedStore;
  wanted(streamId: StreamId, fromMs: number, toMs: number): WantedRun[];
} {
  const open = db.prepare<[number], Raw>('SELECT from_ms, to_ms FROM wanted WHERE stream_id = ? AND to_ms IS NULL');
  const touching = db.prepare<[number, number, number], Raw>(
    'SELECT from_ms, to_ms FROM wanted WHERE stream_id = ? AND from_ms <= ? AND (to_ms IS NULL OR to_ms >= ?) ORDER BY from_ms',
  );
  const insert = db.prepare('INSERT INTO wanted (stream_id, from_ms, to_ms) VALUES (?, ?, ?)');
  const end = db.prepare('UPDATE wanted SET to_ms = ? WHERE stream_id = ? AND from_ms = ?');
  const remove = db.prepare('DELETE FROM wanted WHERE stream_id = ? AND from_ms = ?');

  const forEver = Number.MAX_SAFE_INTEGER;
  /** Takes a run in, together with those that it touches. */
  const join = (streamId: StreamId, fromMs: number, toMs: number | null): void => {
    let from = fromMs;
    let to = toMs ?? forEver;
    for (const run of touching.all(streamId, to, fromMs)) {
      remove.run(streamId, run.from_ms);
      from = Math.min(from, run.from_ms);
      to = Math.max(to, run.to_ms ?? forEver);
    }
    insert.run(streamId, from, to === forEver ? null : to);
  };

  return {
    writes: {
      begin: (streamId, fromMs) =>
        write('begin wanted', () => {
          if (open.get(streamId) === undefined) join(streamId, fromMs, null);
        }),
      end: (streamId, toMs) =>
        write('end wanted', () => {
          const run = open.get(streamId);
          if (run === undefined) return;
          if (toMs <= run.from_ms) remove.run(streamId, run.from_ms);
          else end.run(toMs, streamId, run.from_ms);
        }),
      add: (streamId, fromMs, toMs) =>
        write('add wanted', () => {
          if (toMs > fromMs) join(streamId, fromMs, toMs);
        }),
    },
    wanted: (streamId, fromMs, toMs) => read('wanted', () => touching.all(streamId, toMs, fromMs).map(toRun)),
  };
}
