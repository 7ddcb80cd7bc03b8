import type { Database } from 'better-sqlite3';
import { dayMs } from '#domain/time.ts';

/** Rows read in one step: about a millisecond, so that a question hardly waits. */
const stepRows = 5_000;
/** Most steps for one table: some MB of the file. */
const maxSteps = 40;
/** Days of events that are looked at most. */
const days = 8;

/**
 * Reads what every timeline view needs, step by step, so that the system has it in memory when somebody asks: coverage, what is at
 * archives only and gaps of all streams, the last days' counts and ticks. Only the system's cache counts: SQLite forgets a reader's
 * own pages with each commit of the writer. No transaction stays open between two steps.
 */
export function* readAhead(db: Database, nowMs: number): Generator<undefined, void, undefined> {
  for (const table of ['coverage', 'archived_run', 'gap']) {
    // to_ms is no key: the rows themselves must be read.
    const step = db.prepare<[number, number], { stream_id: number; from_ms: number; to_ms: number | null }>(
      `SELECT stream_id, from_ms, to_ms FROM ${table} WHERE (stream_id, from_ms) > (?, ?)
       ORDER BY stream_id, from_ms LIMIT 1 OFFSET ${stepRows}`,
    );
    let at = { stream_id: 0, from_ms: 0 };
    for (let i = 0; i < maxSteps; i++) {
      const next = step.get(at.stream_id, at.from_ms);
      yield;
      if (next === undefined) break;
      at = next;
    }
  }
  const counted = db.prepare<[number, number]>('SELECT sum(n) FROM event_day WHERE day_ms >= ? AND day_ms < ?');
  const ticks = db.prepare<[number, number]>(
    `SELECT max(lane_id) FROM (SELECT lane_id, to_ms FROM event INDEXED BY event_tick WHERE from_ms >= ? AND from_ms < ?
     ORDER BY from_ms DESC LIMIT ${stepRows * 4})`,
  );
  for (let day = 0; day < days; day++) {
    const toMs = nowMs + dayMs - day * dayMs;
    counted.get(toMs - dayMs, toMs);
    ticks.get(toMs - dayMs, toMs);
    yield;
  }
}
