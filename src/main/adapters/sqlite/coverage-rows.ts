import type { Database } from 'better-sqlite3';
import { firstArchive, isArchive } from '#domain/archive.ts';
import { gapToleranceMs } from '#domain/gap.ts';
import { longestSegmentMs } from '#domain/clock-seam.ts';
import type { StreamId } from '#domain/id.ts';

type Run = { from_ms: number; to_ms: number };
/** A segment as a run of its own, and where it lies. */
type Span = Run & { volume_id: number };

/**
 * Coverage runs: a stream's segments, merged where no more than the gap tolerance lies between them; and beside them the same of its
 * segments that are at an archive only (`archived_run`). Always to be called inside the transaction that writes the segments.
 */
export function createCoverageRows(db: Database) {
  const all = createRuns(db, 'coverage', 'duration_ms > 0');
  const away = createRuns(db, 'archived_run', `duration_ms > 0 AND volume_id >= ${firstArchive}`);

  const spans = db.prepare<[number], Span>(
    `SELECT start_ms AS from_ms, start_ms + duration_ms AS to_ms, volume_id FROM segment
     WHERE stream_id = ? AND duration_ms > 0 ORDER BY start_ms`,
  );
  /** Both kinds of runs, made from a stream's segments alone. */
  const derive = (streamId: StreamId): { covered: Run[]; archived: Run[] } => {
    const [covered, archived]: [Run[], Run[]] = [[], []];
    for (const span of spans.iterate(streamId)) {
      append(covered, span);
      if (isArchive(span.volume_id)) append(archived, span);
    }
    return { covered, archived };
  };

  return {
    /** Takes in what a segment covers more than before; `volume`: where it lies. What is covered already changes nothing. */
    add(streamId: StreamId, fromMs: number, toMs: number, volume: number): void {
      all.add(streamId, fromMs, toMs);
      if (isArchive(volume)) away.add(streamId, fromMs, toMs);
    },
    /** A segment that lay here is at an archive only now; what is covered stays as it is. */
    sentAway(streamId: StreamId, fromMs: number, toMs: number): void {
      away.add(streamId, fromMs, toMs);
    },
    /**
     * Makes the runs around a segment again after that segment became shorter or went away. Looks at those near it only: a run can be
     * months long. Where the clock was set back, segments of one stream may overlap.
     */
    redo(streamId: StreamId, startMs: number): void {
      all.redo(streamId, startMs);
      away.redo(streamId, startMs);
    },
    /**
     * Makes the runs of [fromMs, toMs) again after segments went that followed one another there; `toMs`: the latest end of them. Looks
     * at the runs that it touches and at the segments beside it only; what another clock recorded of the same time stays.
     */
    cut(streamId: StreamId, fromMs: number, toMs: number): void {
      all.cut(streamId, fromMs, toMs);
      away.cut(streamId, fromMs, toMs);
    },
    /** Makes all runs of a stream again. */
    rebuild(streamId: StreamId): void {
      const { covered, archived } = derive(streamId);
      all.replace(streamId, covered);
      away.replace(streamId, archived);
    },
    /** Which stored runs of a stream are not what its segments say, in words. */
    faults(streamId: StreamId): string[] {
      const { covered, archived } = derive(streamId);
      const faults: string[] = [];
      if (!same(all.stored(streamId), covered))
        faults.push(`coverage of stream ${streamId} disagrees with its segments`);
      if (!same(away.stored(streamId), archived))
        faults.push(`what stream ${streamId} has at archives only disagrees with its segments`);
      return faults;
    },
  };
}

/** Adds a span to runs in order of their starts. */
function append(runs: Run[], { from_ms, to_ms }: Run): void {
  const last = runs.at(-1);
  if (last !== undefined && from_ms <= last.to_ms + gapToleranceMs) last.to_ms = Math.max(last.to_ms, to_ms);
  else runs.push({ from_ms, to_ms });
}

const same = (a: readonly Run[], b: readonly Run[]): boolean =>
  a.length === b.length && a.every((run, i) => run.from_ms === b[i]?.from_ms && run.to_ms === b[i].to_ms);

/** The runs of one table, of those segments for which `which` holds (SQL). */
function createRuns(db: Database, table: 'coverage' | 'archived_run', which: string) {
  // Asked for every stream once a second. Where SQLite has looked at the value of a parameter to make its plan, as it does for an order, it makes
  // the plan again for each other value, which costs ten times what the answer does; it does not look into `(SELECT ?)`.
  const before = db.prepare<[number, number], Run>(
    `SELECT from_ms, to_ms FROM ${table} WHERE stream_id = (SELECT ?) AND from_ms <= (SELECT ?) ORDER BY from_ms DESC LIMIT 1`,
  );
  const after = db.prepare<[number, number], Run>(
    `SELECT from_ms, to_ms FROM ${table} WHERE stream_id = (SELECT ?) AND from_ms > (SELECT ?) ORDER BY from_ms LIMIT 1`,
  );
  const insert = db.prepare(`INSERT INTO ${table} (stream_id, from_ms, to_ms) VALUES (?, ?, ?)`);
  const lengthen = db.prepare(`UPDATE ${table} SET to_ms = ? WHERE stream_id = ? AND from_ms = ?`);
  const remove = db.prepare(`DELETE FROM ${table} WHERE stream_id = ? AND from_ms = ?`);
  const clear = db.prepare(`DELETE FROM ${table} WHERE stream_id = ?`);
  const stored = db.prepare<[number], Run>(`SELECT from_ms, to_ms FROM ${table} WHERE stream_id = ? ORDER BY from_ms`);

  const span = `SELECT start_ms AS from_ms, start_ms + duration_ms AS to_ms FROM segment WHERE stream_id = ? AND ${which}`;
  const itself = db.prepare<[number, number], Run>(`${span} AND start_ms = ?`);
  // Searched for inside a run alone: beyond it a whole archive of segments that do not count may lie.
  const nearest = db.prepare<[number, number, number], Run>(
    `${span} AND start_ms >= ? AND start_ms < ? ORDER BY start_ms DESC LIMIT 1`,
  );
  const later = db.prepare<[number, number, number], Run>(
    `${span} AND start_ms > ? AND start_ms < ? ORDER BY start_ms LIMIT 1`,
  );
  const reaching = db
    .prepare<[{ stream: number; at: number }], number | null>(
      `SELECT max(start_ms + duration_ms) FROM segment
       WHERE stream_id = @stream AND ${which} AND start_ms < @at AND start_ms > @at - ${longestSegmentMs}`,
    )
    .pluck();
  /** How far the segments of a run that start before a moment reach; they may overlap where the clock was set back. null: there is none. */
  const earlierEnd = (streamId: StreamId, run: Run, startMs: number): number | null =>
    reaching.get({ stream: streamId, at: startMs }) ?? nearest.get(streamId, run.from_ms, startMs)?.to_ms ?? null;
  const between = db.prepare<[number, number, number], Run>(
    `${span} AND start_ms > ? AND start_ms <= ? ORDER BY start_ms`,
  );

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

  const redo = (streamId: StreamId, startMs: number): void => {
    const run = before.get(streamId, startMs);
    if (run === undefined || run.to_ms < startMs) return;
    remove.run(streamId, run.from_ms);
    const left = earlierEnd(streamId, run, startMs);
    if (left !== null && left > run.from_ms) add(streamId, run.from_ms, left);
    const self = itself.get(streamId, startMs);
    if (self !== undefined) add(streamId, self.from_ms, self.to_ms);
    const nearMs = startMs + longestSegmentMs;
    for (const near of between.all(streamId, startMs, nearMs)) add(streamId, near.from_ms, near.to_ms);
    const right = later.get(streamId, nearMs, run.to_ms);
    if (right !== undefined) add(streamId, right.from_ms, run.to_ms);
  };

  const cut = (streamId: StreamId, fromMs: number, toMs: number): void => {
    const over: Run[] = [];
    const first = before.get(streamId, fromMs);
    if (first !== undefined && first.to_ms > fromMs) over.push(first);
    for (let next = after.get(streamId, fromMs); next !== undefined && next.from_ms < toMs; ) {
      over.push(next);
      next = after.get(streamId, next.from_ms);
    }
    const [leftmost, rightmost] = [over[0], over.at(-1)];
    if (leftmost === undefined || rightmost === undefined) return;
    const left = earlierEnd(streamId, leftmost, fromMs);
    const right = later.get(streamId, toMs, rightmost.to_ms);
    for (const run of over) remove.run(streamId, run.from_ms);
    if (left !== null && left > leftmost.from_ms) add(streamId, leftmost.from_ms, left);
    for (const kept of between.all(streamId, fromMs, toMs)) add(streamId, kept.from_ms, kept.to_ms);
    if (right !== undefined) add(streamId, right.from_ms, rightmost.to_ms);
  };

  return {
    add,
    redo,
    cut,
    stored: (streamId: StreamId) => stored.all(streamId),
    replace(streamId: StreamId, runs: readonly Run[]): void {
      clear.run(streamId);
      for (const run of runs) insert.run(streamId, run.from_ms, run.to_ms);
    },
  };
}
