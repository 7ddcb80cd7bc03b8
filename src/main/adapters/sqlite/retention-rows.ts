import type { CameraId, StreamId } from '#domain/id.ts';
import { Severity } from '#domain/event.ts';
import { CameraRetention, DeletionReason } from '#domain/retention.ts';
import { StreamKind } from '#domain/stream.ts';
import { hourMs } from '#domain/time.ts';
import type {
  DatedSegment,
  DeletionMark,
  Erasure,
  FinishedSegment,
  RetentionStore,
} from '../../engine/retention-port.ts';
import type { ArchivedBeside } from './archive-rows.ts';
import type { createChainRows } from './chain-rows.ts';
import type { Connection } from './connection.ts';
import type { createCoverageRows } from './coverage-rows.ts';
import { createDeletionRows } from './deletion-rows.ts';
import type { createStoredRows } from './stored-rows.ts';

type RawMark = { stream_id: number; from_ms: number; to_ms: number; reason: string; by_name: string; why: string };
type RawErasure = {
  id: string;
  camera_id: string;
  kind: string | null;
  from_ms: number;
  to_ms: number;
  why: string;
  by_name: string;
  asked_ms: number;
};
type RawEvent = { from_ms: number; to_ms: number | null; kind: string; severity: string };

const toMark = (r: RawMark): DeletionMark => ({
  streamId: r.stream_id as StreamId,
  fromMs: r.from_ms,
  toMs: r.to_ms,
  reason: DeletionReason.parse(r.reason),
  by: r.by_name,
  why: r.why,
});
const toErasure = (r: RawErasure): Erasure => ({
  id: r.id,
  cameraId: r.camera_id as CameraId,
  kind: r.kind === null ? null : StreamKind.parse(r.kind),
  fromMs: r.from_ms,
  toMs: r.to_ms,
  why: r.why,
  by: r.by_name,
  askedMs: r.asked_ms,
});

/** What retention reads and writes. Small reads by key only: they run on the thread that keeps the index. */
export function createRetentionRows(
  { db, read, write }: Connection,
  derived: {
    coverage: ReturnType<typeof createCoverageRows>;
    stored: ReturnType<typeof createStoredRows>;
    chain: Pick<ReturnType<typeof createChainRows>, 'gone' | 'goneRange'>;
    archived: Pick<ArchivedBeside, 'gone' | 'goneRange'>;
  },
): RetentionStore {
  const { coverage, stored, chain, archived } = derived;
  const report = createDeletionRows(db);
  const rules = db.prepare<[], { camera_id: string; rule: string }>('SELECT camera_id, rule FROM retention');
  const setRule = db.prepare(
    'INSERT INTO retention (camera_id, rule) VALUES (?, ?) ON CONFLICT (camera_id) DO UPDATE SET rule = excluded.rule',
  );
  const dropRule = db.prepare('DELETE FROM retention WHERE camera_id = ?');
  const finished = db.prepare<[number, number, number | null, number], DatedSegment>(
    `SELECT start_ms AS startMs, start_ms + duration_ms AS endMs, bytes, volume_id AS volume, seam_id AS seam FROM segment
     WHERE stream_id = ? AND start_ms >= ? AND state <> 0 AND volume_id = ifnull(?, volume_id) ORDER BY start_ms LIMIT ?`,
  );
  const before = db
    .prepare<[number, number], number>(
      'SELECT start_ms FROM segment WHERE stream_id = ? AND start_ms < ? ORDER BY start_ms DESC LIMIT 1',
    )
    .pluck();
  const eventColumns = 'from_ms, to_ms, kind, severity FROM event';
  const events = db.prepare<[string, number, number], RawEvent>(
    `SELECT ${eventColumns} WHERE camera_id = ? AND from_ms >= ? AND from_ms < ?`,
  );
  const longEvents = db.prepare<[number, number, string], RawEvent>(
    `SELECT ${eventColumns} WHERE from_ms < ? AND (to_ms IS NULL OR to_ms - from_ms > ${hourMs}) AND (to_ms IS NULL OR to_ms > ?)
     AND lane_id IN (SELECT id FROM lane WHERE camera_id = ?)`,
  );
  const mark = db.prepare(
    `INSERT INTO deleting (stream_id, from_ms, to_ms, reason, by_name, why) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (stream_id, from_ms) DO UPDATE SET to_ms = max(to_ms, excluded.to_ms)`,
  );
  const marks = db.prepare<[], RawMark>('SELECT * FROM deleting ORDER BY stream_id, from_ms');
  const unmark = db.prepare('DELETE FROM deleting WHERE stream_id = ? AND from_ms = ?');
  const within = db
    .prepare<[number, number, number], number>(
      'SELECT count(*) FROM segment WHERE stream_id = ? AND start_ms BETWEEN ? AND ?',
    )
    .pluck();
  const dropRange = db.prepare('DELETE FROM segment WHERE stream_id = ? AND start_ms BETWEEN ? AND ?');
  const drop = db.prepare('DELETE FROM segment WHERE stream_id = ? AND start_ms = ?');
  const count = db.prepare("UPDATE tally SET value = value - ? WHERE name = 'segments'");
  const addErasure = db.prepare(
    'INSERT INTO erasure (id, camera_id, kind, from_ms, to_ms, why, by_name, asked_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const openErasures = db.prepare<[], RawErasure>(
    'SELECT id, camera_id, kind, from_ms, to_ms, why, by_name, asked_ms FROM erasure WHERE done_ms IS NULL ORDER BY asked_ms',
  );
  const endErasure = db.prepare('UPDATE erasure SET done_ms = ? WHERE id = ?');

  const dropRows = (streamId: StreamId, removed: readonly FinishedSegment[]): void => {
    const first = removed[0];
    const last = removed.at(-1);
    if (first === undefined || last === undefined) return;
    // As a rule nothing else lies between them: one delete, one cut.
    if (within.get(streamId, first.startMs, last.startMs) === removed.length) {
      dropRange.run(streamId, first.startMs, last.startMs);
      chain.goneRange(streamId, first.startMs, last.startMs, 'retention');
      archived.goneRange(streamId, first.startMs, last.startMs);
      // Where the clock was set back the last one need not be the one that ends last.
      coverage.cut(
        streamId,
        first.startMs,
        removed.reduce((latest, s) => Math.max(latest, s.endMs), 0),
      );
    } else {
      for (const { startMs } of removed) {
        drop.run(streamId, startMs);
        chain.gone(streamId, startMs, 'retention');
        archived.gone(streamId, startMs);
        coverage.redo(streamId, startMs);
      }
    }
    for (const [volume, gone] of Map.groupBy(removed, (s) => s.volume)) {
      const bytes = gone.reduce((sum, s) => sum + s.bytes, 0);
      stored.add(streamId, volume, -gone.length, -bytes);
    }
    count.run(removed.length);
  };

  return {
    rules: () =>
      read('retention rules', () =>
        rules.all().map((r) => ({
          cameraId: r.camera_id as CameraId,
          rule: CameraRetention.parse(JSON.parse(r.rule)),
        })),
      ),
    setRule: (cameraId, rule) =>
      write('set retention', () => {
        if (rule === null) dropRule.run(cameraId);
        else setRule.run(cameraId, JSON.stringify(rule));
      }),
    stored: () => read('stored', () => stored.all()),
    finished: (streamId, fromMs, limit, volume) =>
      read('finished segments', () => finished.all(streamId, fromMs, volume ?? null, limit)),
    before: (streamId, startMs) => read('segment before', () => before.get(streamId, startMs) ?? null),
    eventSpans: (cameraId, fromMs, toMs, { kinds, severity, beforeMs, afterMs }) =>
      read('events that favour', () => {
        const least = severity === null ? Infinity : Severity.options.indexOf(severity);
        const names = new Set<string>(kinds);
        const counts = (e: RawEvent): boolean =>
          names.has(e.kind) || Severity.options.indexOf(Severity.parse(e.severity)) >= least;
        const since = fromMs - afterMs - hourMs;
        return [
          ...events.all(cameraId, since, toMs + beforeMs),
          ...longEvents.all(since, fromMs - afterMs, cameraId),
        ].flatMap((e): [number, number][] => {
          const end = (e.to_ms ?? toMs) + afterMs;
          return counts(e) && end > fromMs ? [[e.from_ms - beforeMs, end]] : [];
        });
      }),
    mark: (list) =>
      write('mark deletions', () => {
        for (const m of list) mark.run(m.streamId, m.fromMs, m.toMs, m.reason, m.by, m.why);
      }),
    marks: () => read('deletion marks', () => marks.all().map(toMark)),
    gone: (done, atMs) =>
      write('delete segments', () => {
        for (const { mark: m, removed } of done) {
          dropRows(m.streamId, removed);
          report.add(m, removed, atMs);
          unmark.run(m.streamId, m.fromMs);
        }
      }),
    deletedBefore: (streamId, removed) =>
      write('drop deleted segments', () => {
        // What was being written has no part in the sums of what is stored.
        const open = removed.filter((s) => s.open);
        for (const { startMs } of open) {
          drop.run(streamId, startMs);
          coverage.redo(streamId, startMs);
        }
        count.run(open.length);
        dropRows(
          streamId,
          removed.filter((s) => !s.open),
        );
      }),
    deletions: (q) => read('deletions', () => report.list(q)),
    restore: (cameraId, lines) =>
      write('restore deletions', () => {
        for (const line of lines) report.restore(cameraId, line);
      }),
    deletedUntil: (streamId) => read('deleted until', () => report.until(streamId)),
    erasure: {
      add: (e) =>
        write('ask for a deletion', () => {
          addErasure.run(e.id, e.cameraId, e.kind, e.fromMs, e.toMs, e.why, e.by, e.askedMs);
        }),
      open: () => read('deletions asked for', () => openErasures.all().map(toErasure)),
      done: (id, atMs) =>
        write('deletion done', () => {
          endErasure.run(atMs, id);
        }),
    },
  };
}
