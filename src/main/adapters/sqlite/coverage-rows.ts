import type { Database } from 'better-sqlite3';
import { gapToleranceMs } from '#domain/gap.ts';
import { longestSegmentMs } from '#domain/clock-seam.ts';
import type { StreamId } from '#domain/id.ts';

type Run = { from_ms: number; to_ms: number };

/**
 * Coverage runs: a stream's segments, merged where no more than the gap tolerance lies between them. Always to be called
 * inside the transaction that writes the segments.
 */
export function createCoverageRows(db: Database) {
  const before = db.prepare<[number, number], Run>(
    'SELECT from_ms, to_ms FROM coverage WHERE stream_id = ? AND from_ms <= ? ORDER BY from_ms DESC LIMIT 1',
  );
  const after = db.prepare<[number, number], Run>(
    'SELECT from_ms, to_ms FROM coverage WHERE stream_id = ? AND from_ms > ? ORDER BY from_ms LIMIT 1',
  );
  const insert = db.prepare('INSERT INTO coverage (stream_id, from_ms, to_ms) VALUES (?, ?, ?)');
  const lengthen = db.prepare('UPDATE coverage SET to_ms = ? WHERE stream_id = ? AND from_ms = ?');
  const remove = db.prepare('DELETE FROM coverage WHERE stream_id = ? AND from_ms = ?');
  const clear = db.prepare('DELETE FROM coverage WHERE stream_id = ?');

  const span =
    'SELECT start_ms AS from_ms, start_ms + duration_ms AS to_ms FROM segment WHERE stream_id = ? AND duration_ms > 0';
  const itself = db.prepare<[number, number], Run>(`${span} AND start_ms = ?`);
  const nearest = db.prepare<[number, number], Run>(`${span} AND start_ms < ? ORDER BY start_ms DESC LIMIT 1`);
  const reaching = db
    .prepare<[{ stream: number; at: number }], number | null>(
      `SELECT max(start_ms + duration_ms) FROM segment
       WHERE stream_id = @stream AND duration_ms > 0 AND start_ms < @at AND start_ms > @at - ${longestSegmentMs}`,
    )
    .pluck();
  /** How far the segments that start before a moment reach; they may overlap where the clock was set back. null: there is none. */
  const earlierEnd = (streamId: StreamId, startMs: number): number | null =>
    reaching.get({ stream: streamId, at: startMs }) ?? nearest.get(streamId, startMs)?.to_ms ?? null;
  const within = db.prepare<[{ stream: number; from: number }], Run>(
    `SELECT start_ms AS from_ms, start_ms + duration_ms AS to_ms FROM segment
     WHERE stream_id = @stream AND duration_ms > 0 AND start_ms > @from AND start_ms <= @from + ${longestSegmentMs} ORDER BY start_ms`,
  );
  const later = db.prepare<[number, number], Run>(`${span} AND start_ms > ? ORDER BY start_ms LIMIT 1`);

  /** Adds a span and merges what it touches; adding what is covered already changes nothing. */
  const add = (streamId: StreamId, fromMs: number, toMs: number): void => {
    if (toMs <= fromMs) return;
    let to = toMs;
    let from = fromMs;
    const prev = before.get(streamId, fromMs);
    const joins = prev !== undefined && prev.to_ms + gapToleranceMs >= fromMs;
    if (joins) {
      if (prev.to_ms >= toMs) return;
      from = prev.from_ms;
    }
    for (let next = after.get(streamId, from); next !== undefined && next.from_ms <= to + gapToleranceMs; ) {
      remove.run(streamId, next.from_ms);
      to = Math.max(to, next.to_ms);
      next = after.get(streamId, from);
    }
    if (joins) lengthen.run(to, streamId, from);
    else insert.run(streamId, from, to);
  };

  const spans = db.prepare<[number], Run>(`${span} ORDER BY start_ms`);
  /** Runs made from a stream's segments alone. */
  const derive = (streamId: StreamId): Run[] => {
    const out: Run[] = [];
    let last: Run | null = null;
    for (const s of spans.iterate(streamId)) {
      if (last !== null && s.from_ms <= last.to_ms + gapToleranceMs) last.to_ms = Math.max(last.to_ms, s.to_ms);
      else out.push((last = { ...s }));
    }
    return out;
  };

  /**
   * Makes the run around a segment again after that segment became shorter or went away. Looks at those near it only: a run can be
   * months long. Where the clock was set back, segments of one stream may overlap.
   */
  const redo = (streamId: StreamId, startMs: number): void => {
    const run = before.get(streamId, startMs);
    if (run === undefined || run.to_ms < startMs) return;
    remove.run(streamId, run.from_ms);
    const left = earlierEnd(streamId, startMs);
    if (left !== null && left > run.from_ms) add(streamId, run.from_ms, left);
    const self = itself.get(streamId, startMs);
    if (self !== undefined) add(streamId, self.from_ms, self.to_ms);
    for (const near of within.all({ stream: streamId, from: startMs })) add(streamId, near.from_ms, near.to_ms);
    const right = later.get(streamId, startMs + longestSegmentMs);
    if (right !== undefined && right.from_ms < run.to_ms) add(streamId, right.from_ms, run.to_ms);
  };

  /**
   * Takes [fromMs, toMs) out of the runs after all segments of it went. Looks at the runs that it touches and at the two
   * segments beside it only.
   */
  const cut = (streamId: StreamId, fromMs: number, toMs: number): void => {
    const over: Run[] = [];
    const first = before.get(streamId, fromMs);
    if (first !== undefined && first.to_ms > fromMs) over.push(first);
    for (let next = after.get(streamId, fromMs); next !== undefined && next.from_ms < toMs; ) {
      over.push(next);
      next = after.get(streamId, next.from_ms);
    }
    const [left, right] = [earlierEnd(streamId, fromMs), later.get(streamId, fromMs)];
    for (const run of over) remove.run(streamId, run.from_ms);
    for (const run of over) {
      if (left !== null && left > run.from_ms) add(streamId, run.from_ms, Math.min(left, run.to_ms));
      if (right !== undefined && right.from_ms < run.to_ms)
        add(streamId, Math.max(right.from_ms, run.from_ms), run.to_ms);
    }
  };

  /** Makes all runs of a stream again. */
  const rebuild = (streamId: StreamId): void => {
    const made = derive(streamId);
    clear.run(streamId);
    for (const r of made) insert.run(streamId, r.from_ms, r.to_ms);
  };

  const stored = db.prepare<[number], Run>('SELECT from_ms, to_ms FROM coverage WHERE stream_id = ? ORDER BY from_ms');
  /** Whether the stored runs are what the segments say. */
  const agrees = (streamId: StreamId): boolean => {
    const want = derive(streamId);
    const have = stored.all(streamId);
    return (
      want.length === have.length && want.every((w, i) => w.from_ms === have[i]?.from_ms && w.to_ms === have[i].to_ms)
    );
  };

  return { add, redo, cut, rebuild, agrees };
}
