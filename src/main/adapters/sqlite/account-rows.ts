import type { Database } from 'better-sqlite3';
import { GapCause, type Gap } from '#domain/gap.ts';
import type { CameraId } from '#domain/id.ts';
import type { Run } from '#domain/runs.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { Queries, StreamAccount } from '../../engine/query-port.ts';

type RawStream = { id: number; camera_id: string; kind: StreamKind; number: number; name: string; removed: 0 | 1 };
type RawRun = [fromMs: number, toMs: number | null];
type RawGap = [fromMs: number, toMs: number | null, cause: string];
type Window = { stream: number; fromMs: number; toMs: number };

/** What the index knows of streams' time, without merging anything: what coverage is proven from. */
export function createAccounts(db: Database): (q: Parameters<Queries['accounts']>[0]) => StreamAccount[] {
  const streams = db.prepare<[{ fromMs: number; toMs: number }], RawStream>(
    `SELECT s.id, s.camera_id, s.kind, c.number, c.name, c.removed_ms IS NOT NULL AS removed
     FROM stream AS s JOIN camera AS c ON c.id = s.camera_id
     WHERE EXISTS (SELECT 1 FROM wanted AS w WHERE w.stream_id = s.id AND w.from_ms < @toMs AND (w.to_ms IS NULL OR w.to_ms > @fromMs))
     ORDER BY removed, c.number, s.kind`,
  );
  // The run that holds the first moment starts before it: one seek back, then forward.
  const touching = (table: 'coverage' | 'gap' | 'wanted', columns: string): string =>
    `SELECT ${columns} FROM ${table} WHERE stream_id = @stream AND from_ms < @toMs
     AND from_ms >= ifnull((SELECT max(from_ms) FROM ${table} WHERE stream_id = @stream AND from_ms <= @fromMs), 0) ORDER BY from_ms`;
  const wanted = db.prepare<[Window], RawRun>(touching('wanted', 'from_ms, to_ms')).raw();
  const covered = db.prepare<[Window], RawRun>(touching('coverage', 'from_ms, to_ms')).raw();
  const gaps = db.prepare<[Window], RawGap>(touching('gap', 'from_ms, to_ms, cause')).raw();
  const deleted = db
    .prepare<[{ camera: string; kind: string; fromMs: number; toMs: number }], RawRun>(
      `SELECT from_ms, to_ms FROM deletion WHERE camera_id = @camera AND kind = @kind AND from_ms < @toMs AND to_ms > @fromMs ORDER BY from_ms`,
    )
    .raw();

  return ({ cameraIds, fromMs, toMs }) => {
    const only = cameraIds === null ? null : new Set<string>(cameraIds);
    const runs = (rows: RawRun[]): Run[] => rows.map(([from, to]) => [from, to ?? toMs]);
    return streams
      .all({ fromMs, toMs })
      .filter((s) => only?.has(s.camera_id) ?? true)
      .map((s) => {
        const window = { stream: s.id, fromMs, toMs };
        return {
          cameraId: s.camera_id as CameraId,
          number: s.number,
          name: s.name,
          removed: s.removed === 1,
          stream: s.kind,
          wanted: runs(wanted.all(window)),
          covered: runs(covered.all(window)),
          deleted: runs(deleted.all({ camera: s.camera_id, kind: s.kind, fromMs, toMs })),
          gaps: gaps
            .all(window)
            .map(([from, to, cause]): Gap => ({ fromMs: from, toMs: to, cause: GapCause.parse(cause) })),
        };
      });
  };
}
