import { GapCause, gapToleranceMs } from '#domain/gap.ts';
import type { StreamId } from '#domain/id.ts';
import type { StoredGap, WriteStore } from '../../engine/index-port.ts';
import type { Connection } from './connection.ts';

export type RawGap = { stream_id: number; from_ms: number; to_ms: number | null; cause: string };

export const toStoredGap = (r: RawGap): StoredGap => ({
  streamId: r.stream_id as StreamId,
  fromMs: r.from_ms,
  toMs: r.to_ms,
  cause: GapCause.parse(r.cause),
});

export function createGapRows({ db, write }: Connection): WriteStore['gap'] {
  const openOf = db.prepare<[number], RawGap>(
    'SELECT stream_id, from_ms, to_ms, cause FROM gap WHERE stream_id = ? AND to_ms IS NULL',
  );
  const put = db.prepare(
    `INSERT INTO gap (stream_id, from_ms, to_ms, cause) VALUES (?, ?, ?, ?)
     ON CONFLICT (stream_id, from_ms) DO UPDATE SET to_ms = excluded.to_ms, cause = excluded.cause
     WHERE gap.to_ms IS NOT NULL AND (excluded.to_ms IS NULL OR excluded.to_ms > gap.to_ms)`,
  );
  const end = db.prepare('UPDATE gap SET to_ms = ? WHERE stream_id = ? AND from_ms = ?');
  const remove = db.prepare('DELETE FROM gap WHERE stream_id = ? AND from_ms = ?');
  const touching = db.prepare<[number, number, number], RawGap>(
    'SELECT stream_id, from_ms, to_ms, cause FROM gap WHERE stream_id = ? AND from_ms < ? AND (to_ms IS NULL OR to_ms > ?)',
  );
  const covered = db.prepare<[number, number, number], { from_ms: number; to_ms: number }>(
    'SELECT from_ms, to_ms FROM coverage WHERE stream_id = ? AND from_ms < ? AND to_ms > ? ORDER BY from_ms',
  );
  const jumpsBehind = db.prepare<[number, number], RawGap>(
    `SELECT stream_id, from_ms, to_ms, cause FROM gap WHERE stream_id = ? AND to_ms > ? AND cause = 'clock-jump'`,
  );
  /** A closed gap, without what a clock that was set to and fro recorded in its time. */
  const putClosed = (streamId: StreamId, fromMs: number, toMs: number, cause: GapCause): void => {
    let at = fromMs;
    if (cause === 'clock-jump') {
      for (const run of covered.all(streamId, toMs, fromMs)) {
        if (run.from_ms - at >= gapToleranceMs) put.run(streamId, at, run.from_ms, cause);
        at = Math.max(at, run.to_ms);
      }
    }
    if (toMs - at >= gapToleranceMs) put.run(streamId, at, toMs, cause);
  };
  return {
    open: (streamId, fromMs, cause) =>
      write('open gap', () => {
        if (openOf.get(streamId) === undefined) put.run(streamId, fromMs, null, cause);
      }),
    close: (streamId, toMs) =>
      write('close gap', () => {
        const open = openOf.get(streamId);
        if (open === undefined) return;
        if (toMs - open.from_ms >= gapToleranceMs && open.cause !== 'clock-jump') end.run(toMs, streamId, open.from_ms);
        else {
          remove.run(streamId, open.from_ms);
          putClosed(streamId, open.from_ms, toMs, GapCause.parse(open.cause));
        }
      }),
    move: (streamId, fromMs) =>
      write('move gap', () => {
        const open = openOf.get(streamId);
        if (open === undefined || open.from_ms === fromMs) return;
        remove.run(streamId, open.from_ms);
        put.run(streamId, fromMs, null, open.cause);
      }),
    cut: (streamId, fromMs, toMs) =>
      write('cut gaps', () => {
        for (const gap of touching.all(streamId, toMs, fromMs)) {
          remove.run(streamId, gap.from_ms);
          const before = Math.min(gap.to_ms ?? fromMs, fromMs);
          if (before - gap.from_ms >= gapToleranceMs) put.run(streamId, gap.from_ms, before, gap.cause);
          const rest = gap.to_ms === null || gap.to_ms - toMs >= gapToleranceMs;
          if (rest) put.run(streamId, Math.max(gap.from_ms, toMs), gap.to_ms, gap.cause);
        }
      }),
    passAgain: (streamId, atMs) =>
      write('pass time again', () => {
        for (const gap of jumpsBehind.all(streamId, atMs)) {
          remove.run(streamId, gap.from_ms);
          if (atMs - gap.from_ms >= gapToleranceMs) put.run(streamId, gap.from_ms, atMs, gap.cause);
        }
      }),
    add: (gap) =>
      write('add gap', () => {
        if (gap.toMs === null) put.run(gap.streamId, gap.fromMs, null, gap.cause);
        else putClosed(gap.streamId, gap.fromMs, gap.toMs, gap.cause);
      }),
  };
}
