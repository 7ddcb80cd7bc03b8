import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { GapCause, gapToleranceMs, type Gap } from '#domain/gap.ts';
import { longestSegmentMs } from '#domain/clock-seam.ts';
import { compareRuns, shown, twiceRecorded } from '#domain/decide/clock-runs.ts';
import type { StreamId } from '#domain/id.ts';
import { motionSpanOf, searchMotion } from '#domain/motion-index.ts';
import { segmentMaxMs } from '#domain/segment.ts';
import { hourMs } from '#domain/time.ts';
import type { PlacedSegment, Queries } from '../../engine/query-port.ts';
import { createAccounts } from './account-rows.ts';
import { createSeamReader } from './clock-rows.ts';
import { connect } from './connection.ts';
import { colourFilter, textFilter } from './event-text.ts';
import { eventColumns, toEvent, type RawEvent } from './event-rows.ts';
import { readAhead } from './read-ahead.ts';
import { createRecordedHours } from './recorded-hours.ts';
import { segmentColumns, toSegmentRow, type RawSegment } from './segment-rows.ts';
import { maxSpans, mergeSpans } from './merge-spans.ts';
import { createTicks } from './tick-rows.ts';

type Sync<T> = { [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never };
/** `Queries` answered at once, on the caller's thread: the query worker runs them. */
export type SyncQueries = Omit<Sync<Queries>, 'stop'> & {
  /** Brings what timelines need most into memory; one step reads for about a millisecond, true: there is more to read. */
  readAhead(): () => boolean;
  close(): void;
};

type RawRun = [fromMs: number, toMs: number];
type RawGap = [fromMs: number, toMs: number | null, cause: string];
type Window = { stream: number; fromMs: number; toMs: number };
/** The newest seams that a timeline is told. */
const maxSeams = 500;

/** Opens the index for reading. Throws `StoreError`. */
export function openQueries(path: string, deps: { clock: Clock; log: Log }): SyncQueries {
  const { db, read, close } = connect(path, 'read', deps);

  // The run that holds the first moment starts before it: one seek back, then forward.
  const touching = (table: 'coverage' | 'archived_run' | 'gap', open: string): string =>
    `WHERE stream_id = @stream AND (${open}to_ms > @fromMs) AND from_ms < @toMs
     AND from_ms >= ifnull((SELECT max(from_ms) FROM ${table} WHERE stream_id = @stream AND from_ms <= @fromMs), 0) ORDER BY from_ms`;
  const runs = db.prepare<[Window], RawRun>(`SELECT from_ms, to_ms FROM coverage ${touching('coverage', '')}`).raw();
  const archived = db
    .prepare<[Window], RawRun>(`SELECT from_ms, to_ms FROM archived_run ${touching('archived_run', '')}`)
    .raw();
  const gaps = db
    .prepare<[Window], RawGap>(`SELECT from_ms, to_ms, cause FROM gap ${touching('gap', 'to_ms IS NULL OR ')}`)
    .raw();
  // Segments are bounded in length: who starts earlier than that does not reach into the window.
  const backFilled = db
    .prepare<[Window], RawRun>(
      `SELECT start_ms, start_ms + duration_ms FROM segment WHERE stream_id = @stream AND origin = 1
       AND start_ms > @fromMs - ${2 * segmentMaxMs} AND start_ms < @toMs AND start_ms + duration_ms > @fromMs ORDER BY start_ms`,
    )
    .raw();
  const first = db.prepare<[number], number | null>('SELECT min(from_ms) FROM coverage WHERE stream_id = ?').pluck();
  const last = db
    .prepare<[number], number>('SELECT to_ms FROM coverage WHERE stream_id = ? ORDER BY from_ms DESC LIMIT 1')
    .pluck();
  const covers = db.prepare<[number, number], { from_ms: number; to_ms: number }>(
    'SELECT from_ms, to_ms FROM coverage WHERE stream_id = ? AND from_ms < ? ORDER BY from_ms DESC LIMIT 1',
  );
  const at = db.prepare<[number, number], RawSegment>(
    `SELECT ${segmentColumns} WHERE s.stream_id = ? AND s.start_ms <= ? ORDER BY s.start_ms DESC LIMIT 1`,
  );
  const next = db.prepare<[number, number, number], RawSegment>(
    `SELECT ${segmentColumns} WHERE s.stream_id = ? AND s.start_ms > ? AND s.start_ms <= ? AND s.duration_ms > 0 ORDER BY s.start_ms LIMIT 1`,
  );
  const segments = db.prepare<[Window & { limit: number }], RawSegment>(
    `SELECT ${segmentColumns} WHERE s.stream_id = @stream AND s.start_ms < @toMs AND s.start_ms + s.duration_ms > @fromMs
     AND s.start_ms > @fromMs - ${longestSegmentMs} ORDER BY s.start_ms LIMIT @limit`,
  );
  const covering = db.prepare<[{ stream: number; atMs: number }], RawSegment>(
    `SELECT ${segmentColumns} WHERE s.stream_id = @stream AND s.start_ms <= @atMs AND s.start_ms > @atMs - ${longestSegmentMs}
     AND s.start_ms + s.duration_ms > @atMs ORDER BY s.start_ms DESC LIMIT 16`,
  );
  const runsOf = db
    .prepare<[Window], [seam: number, fromMs: number, toMs: number]>(
      `SELECT seam_id, min(start_ms), max(start_ms + duration_ms) FROM segment
       WHERE stream_id = @stream AND start_ms > @fromMs - ${longestSegmentMs} AND start_ms < @toMs AND duration_ms > 0 GROUP BY seam_id`,
    )
    .raw();
  const seams = createSeamReader(db);
  const segment = db.prepare<[number, number], RawSegment>(
    `SELECT ${segmentColumns} WHERE s.stream_id = ? AND s.start_ms = ?`,
  );
  const after = db.prepare<[string, number], RawEvent>(
    `SELECT ${eventColumns} WHERE e.station_id = (SELECT id FROM station WHERE ulid = ?) AND e.seq > ? ORDER BY e.seq LIMIT 1000`,
  );
  const ticks = createTicks(db);
  const accounts = createAccounts(db);
  const recordedHours = createRecordedHours(db);
  const motion = db.prepare<[string, number, number], { span_ms: number; looks: Uint8Array }>(
    'SELECT span_ms, looks FROM motion_index WHERE camera_id = ? AND span_ms >= ? AND span_ms < ? ORDER BY span_ms',
  );
  function* motionOf(cameraId: string, fromMs: number, toMs: number) {
    for (const { span_ms: spanMs, looks } of motion.iterate(cameraId, motionSpanOf(fromMs), toMs))
      yield { spanMs, looks };
  }
  const placeOf = db.prepare<[string], { id: string; from_ms: number }>('SELECT id, from_ms FROM event WHERE id = ?');

  const locate = (streamId: StreamId, atMs: number, withinMs: number, clock: number | null): PlacedSegment | null => {
    const known = seams();
    const newest = known.length === 0 ? at.get(streamId, atMs) : undefined;
    // Where it ends before that, an older one may reach beyond it: some seconds may lie on two disks.
    const here =
      newest !== undefined && newest.start_ms + newest.duration_ms > atMs
        ? newest
        : covering
            .all({ stream: streamId, atMs })
            .map((raw) => ({ raw, of: { startMs: raw.start_ms, seam: raw.seam_id } }))
            .sort((a, b) => compareRuns(known, clock)(a.of, b.of))[0]?.raw;
    if (here !== undefined && here.start_ms + here.duration_ms > atMs) return toSegment(here);
    if (withinMs <= 0) return null;
    const later = next.get(streamId, atMs, atMs + withinMs);
    return later === undefined ? null : toSegment(later);
  };

  return {
    clocks: ({ streamIds, fromMs, toMs, nowMs }) =>
      read('clocks', () => {
        const known = seams();
        const zones = twiceRecorded(known, nowMs).filter((z) => z.fromMs < toMs && z.toMs > fromMs);
        return {
          seams: known.slice(-maxSeams),
          twice: streamIds.flatMap((streamId) =>
            zones.flatMap((zone) => {
              // What its own clock went through, of this stream and really recorded.
              const had = runsOf.all({ stream: streamId, fromMs: zone.fromMs, toMs: zone.toMs });
              const of = new Map(had.map(([seam, from, to]) => [seam, { from, to }]));
              const runs = zone.runs.filter((seam) => of.has(seam));
              if (runs.length < 2) return [];
              const spans = runs.map((seam) => of.get(seam) ?? { from: 0, to: 0 });
              const from = Math.max(zone.fromMs, ...spans.map((s) => s.from));
              const to = Math.min(zone.toMs, ...spans.map((s) => s.to));
              return to > from ? [{ streamId, fromMs: from, toMs: to, runs }] : [];
            }),
          ),
        };
      }),

    coverage: ({ streamIds, fromMs, toMs, grainMs }) =>
      read('coverage', () =>
        streamIds.map((streamId) => ({
          streamId,
          spans: mergeSpans(runs.iterate({ stream: streamId, fromMs, toMs }), fromMs, toMs, grainMs),
          gaps: mergeGaps(gaps.iterate({ stream: streamId, fromMs, toMs }), grainMs),
          backFilled: mergeSpans(
            backFilled.iterate({ stream: streamId, fromMs, toMs }),
            fromMs,
            toMs,
            Math.max(grainMs, gapToleranceMs),
          ),
          archived: mergeSpans(archived.iterate({ stream: streamId, fromMs, toMs }), fromMs, toMs, grainMs),
        })),
      ),

    ticks: (q) => read('ticks', () => ticks(q)),
    accounts: (q) => read('accounts', () => accounts(q)),
    recordedHours: (q) => read('recorded hours', () => recordedHours(q)),

    bounds: (streamIds) =>
      read('bounds', () => {
        let firstMs: number | null = null;
        let lastMs: number | null = null;
        for (const id of streamIds) {
          const from = first.get(id) ?? null;
          const to = last.get(id) ?? null;
          if (from !== null) firstMs = firstMs === null ? from : Math.min(firstMs, from);
          if (to !== null) lastMs = lastMs === null ? to : Math.max(lastMs, to);
        }
        return { firstMs, lastMs };
      }),

    days: (streamIds, startsMs) =>
      read('days', () =>
        startsMs.slice(0, -1).map((fromMs, i) => {
          const toMs = startsMs[i + 1] ?? fromMs;
          return streamIds.some((id) => (covers.get(id, toMs)?.to_ms ?? 0) > fromMs);
        }),
      ),

    locate: (streamIds, atMs, withinMs, clock = null) =>
      read('locate', () =>
        streamIds.map((streamId) => ({ streamId, segment: locate(streamId, atMs, withinMs, clock) })),
      ),

    segments: ({ streamId, fromMs, toMs, limit, clock = null }) =>
      read('segments', () => {
        const rows = segments.all({ stream: streamId, fromMs, toMs, limit }).map(toSegment);
        return shown(rows, seams(), clock);
      }),

    segment: (streamId, startMs) =>
      read('segment', () => {
        const row = segment.get(streamId, startMs);
        return row === undefined ? null : toSegment(row);
      }),

    motion: ({ cameraId, ...q }) => read('motion', () => searchMotion(motionOf(cameraId, q.fromMs, q.toMs), q)),

    events: (q) =>
      read('events', () => {
        const where: string[] = [];
        const values: (string | number)[] = [];
        const add = (sql: string, ...v: (string | number)[]): void => {
          where.push(sql);
          values.push(...v);
        };
        if (q.toMs !== null) add('e.from_ms < ?', q.toMs);
        if (q.fromMs !== null) {
          // Those that began up to an hour before, and the few longer ones.
          const long = 'SELECT id FROM event WHERE from_ms < ? AND (to_ms IS NULL OR to_ms - from_ms > 3600000)';
          add(`(e.from_ms >= ? OR e.id IN (${long}))`, q.fromMs - hourMs, q.fromMs - hourMs);
          add('(e.from_ms >= ? OR e.to_ms IS NULL OR e.to_ms >= ?)', q.fromMs, q.fromMs);
        }
        if (q.cameraIds.length > 0) add(`e.camera_id IN (${marks(q.cameraIds.length)})`, ...q.cameraIds);
        if (q.kinds.length > 0) add(`e.kind IN (${marks(q.kinds.length)})`, ...q.kinds);
        // The planner begins with the events of a class, zone or text where they are few.
        if (q.classes.length > 0) add(`l.class IN (${marks(q.classes.length)})`, ...q.classes);
        if (q.zoneIds.length > 0) add(`l.zone_id IN (${marks(q.zoneIds.length)})`, ...q.zoneIds);
        if (q.lineIds.length > 0) add(`l.line_id IN (${marks(q.lineIds.length)})`, ...q.lineIds);
        if (q.colours.length > 0) {
          const { sql, values: names } = colourFilter(q.colours);
          add(sql, ...names);
        }
        if (q.text !== null) {
          const { sql, values: parts } = textFilter(q.text);
          add(sql, ...parts);
        }
        const place = q.before === null ? undefined : placeOf.get(q.before);
        if (place !== undefined) add('(e.from_ms, e.id) < (?, ?)', place.from_ms, place.id);
        const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
        const rows = db
          .prepare<unknown[], RawEvent>(`SELECT ${eventColumns} ${filter} ORDER BY e.from_ms DESC, e.id DESC LIMIT ?`)
          .all(...values, q.limit + 1);
        return { events: rows.slice(0, q.limit).map(toEvent), more: rows.length > q.limit };
      }),

    readAhead() {
      const steps = readAhead(db, deps.clock.nowMs());
      return () => read('read ahead', () => steps.next().done !== true);
    },
    eventsAfter: (origin, seq) => read('events after', () => after.all(origin, seq).map(toEvent)),
    close,
  };
}

const marks = (n: number): string => Array(n).fill('?').join(', ');

function toSegment(raw: RawSegment): PlacedSegment {
  const { startMs, endMs, bytes, state, seam, format } = toSegmentRow(raw);
  return { startMs, endMs, bytes, state, ...(seam !== undefined && { seam }), ...format, volume: raw.volume_id };
}

/** Gaps as they are, but those shorter than the grain merged with a neighbour of the same cause. */
function mergeGaps(rows: Iterable<RawGap>, grainMs: number): Gap[] {
  let out: Gap[] = [];
  let grain = grainMs;
  const push = (gap: Gap): void => {
    const prev = out.at(-1);
    if (prev !== undefined && prev.toMs !== null && prev.cause === gap.cause && gap.fromMs - prev.toMs <= grain)
      prev.toMs = gap.toMs;
    else out.push(gap);
  };
  for (const [fromMs, toMs, cause] of rows) {
    push({ fromMs, toMs, cause: GapCause.parse(cause) });
    if (out.length > maxSpans) {
      grain = Math.max(1000, grain * 4);
      const fine = out;
      out = [];
      for (const gap of fine) push(gap);
    }
  }
  return out;
}
