import type { Database } from 'better-sqlite3';
import type { KeptDeletion } from '#domain/account.ts';
import { Deletion } from '#domain/deletion.ts';
import type { CameraId } from '#domain/id.ts';
import { hourMs, dayMs } from '#domain/time.ts';
import type { DeletionMark, FinishedSegment, RetentionStore } from '../../engine/retention-port.ts';

type RawRun = { id: number; to_ms: number; first_ms: number };
const columns = `id, camera_id AS cameraId, camera_name AS camera, kind AS stream, from_ms AS fromMs, to_ms AS toMs,
  covered_ms AS coveredMs, segments, bytes, reason, by_name AS "by", why, first_ms AS firstMs, last_ms AS lastMs`;

/** The report of what was deleted. Always to be called inside the transaction that deletes the rows of the segments. */
export function createDeletionRows(db: Database) {
  const streamOf = db.prepare<[number], { camera_id: string; name: string; kind: string }>(
    'SELECT s.camera_id, c.name, s.kind FROM stream AS s JOIN camera AS c ON c.id = s.camera_id WHERE s.id = ?',
  );
  const newest = db.prepare<[string, string, string, string, string], RawRun>(
    `SELECT id, to_ms, first_ms FROM deletion WHERE camera_id = ? AND kind = ? AND reason = ? AND by_name = ? AND why = ?
     ORDER BY id DESC LIMIT 1`,
  );
  const lengthen = db.prepare(
    `UPDATE deletion SET to_ms = max(to_ms, ?), covered_ms = covered_ms + ?, segments = segments + ?, bytes = bytes + ?,
     last_ms = ? WHERE id = ?`,
  );
  const insert = db.prepare(
    `INSERT INTO deletion (camera_id, camera_name, kind, from_ms, to_ms, covered_ms, segments, bytes, reason, by_name, why, first_ms, last_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );

  const until = db
    .prepare<[string, string], number>(
      'SELECT to_ms FROM deletion WHERE camera_id = ? AND kind = ? ORDER BY from_ms DESC LIMIT 1',
    )
    .pluck();

  const same = db
    .prepare<
      { camera: string; kind: string; reason: string; by: string; why: string; first: number; from: number },
      number
    >(
      `SELECT id FROM deletion WHERE camera_id = @camera AND kind = @kind AND reason = @reason AND by_name = @by AND why = @why
       AND first_ms = @first AND from_ms = @from`,
    )
    .pluck();
  const enlarge = db.prepare(
    `UPDATE deletion SET to_ms = max(to_ms, @toMs), covered_ms = max(covered_ms, @coveredMs), segments = max(segments, @segments),
     bytes = max(bytes, @bytes), last_ms = max(last_ms, @lastMs) WHERE id = @id`,
  );

  return {
    /** A line from beside the video; it grows as deleting goes on, so of two the longer one holds. */
    restore(camera: CameraId, line: KeptDeletion): void {
      const { stream: kind, reason, by, why, fromMs, toMs, coveredMs, segments, bytes, firstMs, lastMs } = line;
      const id = same.get({ camera, kind, reason, by, why, first: firstMs, from: fromMs });
      if (id !== undefined) {
        enlarge.run({ id, toMs, coveredMs, segments, bytes, lastMs });
        return;
      }
      insert.run(camera, line.camera, kind, fromMs, toMs, coveredMs, segments, bytes, reason, by, why, firstMs, lastMs);
    },

    /** `removed`: oldest first, at least one. */
    add(mark: DeletionMark, removed: readonly FinishedSegment[], atMs: number): void {
      const stream = streamOf.get(mark.streamId);
      const first = removed[0];
      const last = removed.at(-1);
      if (stream === undefined || first === undefined || last === undefined) return;
      const { camera_id: camera, name, kind } = stream;
      const coveredMs = removed.reduce((sum, s) => sum + (s.endMs - s.startMs), 0);
      const bytes = removed.reduce((sum, s) => sum + s.bytes, 0);
      const run = newest.get(camera, kind, mark.reason, mark.by, mark.why);
      const follows =
        run !== undefined &&
        first.startMs >= run.to_ms &&
        first.startMs - run.to_ms <= hourMs &&
        Math.floor(run.first_ms / dayMs) === Math.floor(atMs / dayMs);
      if (follows) lengthen.run(last.endMs, coveredMs, removed.length, bytes, atMs, run.id);
      else
        insert.run(
          camera,
          name,
          kind,
          first.startMs,
          last.endMs,
          coveredMs,
          removed.length,
          bytes,
          mark.reason,
          mark.by,
          mark.why,
          atMs,
          atMs,
        );
    },

    /** End of the newest footage of a stream that was deleted; null: none was. */
    until(streamId: number): number | null {
      const stream = streamOf.get(streamId);
      return stream === undefined ? null : (until.get(stream.camera_id, stream.kind) ?? null);
    },

    list(q: Parameters<RetentionStore['deletions']>[0]): Deletion[] {
      const where: string[] = [];
      const values: (string | number)[] = [];
      const add = (sql: string, ...v: (string | number)[]): void => {
        where.push(sql);
        values.push(...v);
      };
      const marks = (n: number): string => Array(n).fill('?').join(', ');
      if (q.cameraIds.length > 0) add(`camera_id IN (${marks(q.cameraIds.length)})`, ...q.cameraIds);
      if (q.reasons.length > 0) add(`reason IN (${marks(q.reasons.length)})`, ...q.reasons);
      if (q.fromMs !== null) add('last_ms >= ?', q.fromMs);
      if (q.toMs !== null) add('first_ms < ?', q.toMs);
      if (q.before !== null) add('id < ?', q.before);
      const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
      return db
        .prepare<unknown[], Record<string, unknown>>(
          `SELECT ${columns} FROM deletion ${filter} ORDER BY id DESC LIMIT ?`,
        )
        .all(...values, q.limit)
        .map((row) => Deletion.parse(row));
    },
  };
}
