import type { Database } from 'better-sqlite3';
import { ClockSeam } from '#domain/clock-seam.ts';
import type { ClockStore } from '../../engine/clock-port.ts';
import type { Connection } from './connection.ts';

type Raw = {
  id: number;
  kind: string;
  from_ms: number;
  before_ms: number;
  at_ms: number;
  steady_ms: number;
  boot: string;
};

/** Reads all seams of a station's clock, by number; there are few in a station's life, and mostly none. */
export function createSeamReader(db: Database): () => ClockSeam[] {
  const all = db.prepare<[], Raw>(
    'SELECT id, kind, from_ms, before_ms, at_ms, steady_ms, boot FROM clock_seam ORDER BY id',
  );
  const newest = db.prepare<[], number | null>('SELECT max(id) FROM clock_seam').pluck();
  let known: ClockSeam[] = [];
  return () => {
    if ((newest.get() ?? 0) === (known.at(-1)?.id ?? 0)) return known;
    known = all.all().map((r) =>
      ClockSeam.parse({
        id: r.id,
        kind: r.kind,
        fromMs: r.from_ms,
        beforeMs: r.before_ms,
        atMs: r.at_ms,
        steadyMs: r.steady_ms,
        boot: r.boot,
      }),
    );
    return known;
  };
}

export function createClockRows({ db, read, write }: Connection): ClockStore {
  const put = db.prepare(
    'INSERT OR IGNORE INTO clock_seam (id, kind, from_ms, before_ms, at_ms, steady_ms, boot) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const seams = createSeamReader(db);
  return {
    add: (s) =>
      write('add clock seam', () => {
        put.run(s.id, s.kind, s.fromMs, s.beforeMs, s.atMs, s.steadyMs, s.boot);
      }),
    seams: () => read('clock seams', () => [...seams()]),
  };
}
