import type { Database } from 'better-sqlite3';
import { EventKind } from '#domain/event.ts';
import type { CameraId } from '#domain/id.ts';
import { dayMs, hourMs } from '#domain/time.ts';
import type { Queries } from '../../engine/query-port.ts';

type TickQuery = Parameters<Queries['ticks']>[0];
type Tick = Awaited<ReturnType<Queries['ticks']>>[number];
/** Of one event: lane, start, end (null: going on). Small numbers only: a day of 64 cameras has ten thousand of these. */
type EventRow = [lane: number, fromMs: number, toMs: number | null];
/** Of a day: lane's kind and camera ('': none), first start, last end (null: one goes on), events. */
type DayRow = [kind: string, camera: string, fromMs: number, toMs: number | null, count: number];
type LaneName = [kind: string, camera: string];

/** Most ticks in one answer, whatever was asked for. */
const maxTicks = 2_000;
/** More events than this are read as counts per day. */
const maxRead = 50_000;

/** Events over a span, as few marks as the screen can tell apart. */
export function createTicks(db: Database, settings: { maxRead?: number } = {}): (q: TickQuery) => Tick[] {
  const most = settings.maxRead ?? maxRead;
  const rows = (sql: string) => db.prepare<number[], EventRow>(sql).raw();
  const columns = 'lane_id, from_ms, to_ms FROM event';
  // Those of the hour before the span that reach into it, and the few longer ones that began earlier still.
  const long = rows(
    `SELECT ${columns} WHERE from_ms < ? AND (to_ms IS NULL OR to_ms - from_ms > ${hourMs}) AND (to_ms IS NULL OR to_ms >= ?) ORDER BY from_ms`,
  );
  const reaching = rows(
    `SELECT ${columns} WHERE from_ms >= ? AND from_ms < ? AND (to_ms IS NULL OR to_ms >= ?) ORDER BY from_ms`,
  );
  const within = rows(`SELECT ${columns} WHERE from_ms >= ? AND from_ms < ? ORDER BY from_ms`);
  const days = db
    .prepare<number[], DayRow>(
      `SELECT kind, camera_id, first_ms, CASE WHEN going_on > 0 THEN NULL ELSE last_ms END, n FROM event_day
       WHERE day_ms >= ? AND day_ms < ? ORDER BY day_ms`,
    )
    .raw();
  const named = db.prepare<[number], LaneName>('SELECT kind, camera_id FROM lane WHERE id = ?').raw();
  const known = new Map<number, LaneName>();
  /** Numbers are never given twice, so what was found stays true. */
  const nameOf = (lane: number): LaneName => {
    const name = known.get(lane) ?? named.get(lane);
    if (name === undefined) throw new Error(`event lane ${lane} in the database is unknown`);
    known.set(lane, name);
    return name;
  };
  const counts = db
    .prepare<[number, number], [cameraId: string, n: number]>(
      'SELECT camera_id, sum(n) FROM event_day WHERE day_ms > ? AND day_ms < ? GROUP BY kind, camera_id',
    )
    .raw();

  return ({ cameraIds, fromMs, toMs, grainMs, limit }) => {
    const asked = cameraIds === null ? null : new Set<string>(cameraIds);
    const marks = Math.min(limit, maxTicks);
    const perLane = counts
      .all(fromMs - dayMs, toMs)
      .flatMap(([camera, n]) => (asked === null || camera === '' || asked.has(camera) ? [n] : []));
    const events = perLane.reduce((sum, n) => sum + n, 0);
    const grain = fitting(Math.max(1, Math.round(grainMs)), { perLane, spanMs: toMs - fromMs, marks });
    const into = gather({ asked, grainMs: grain, limit: marks, nameOf });
    const read = (found: EventRow[]): void => {
      for (const row of found) into.add(row);
    };
    const back = fromMs - hourMs;
    read(long.all(back, fromMs));
    read(reaching.all(back, fromMs, fromMs));
    const firstDay = Math.ceil(fromMs / dayMs) * dayMs;
    const lastDay = Math.floor(toMs / dayMs) * dayMs;
    if (lastDay - firstDay > dayMs && events > most) {
      read(within.all(fromMs, firstDay));
      for (const row of days.all(firstDay, lastDay)) into.addDay(row);
      read(within.all(lastDay, toMs));
    } else read(within.all(fromMs, toMs));
    return into.ticks();
  };
}

/** The finest grain that leaves no more marks than wanted, as far as the counts per day can tell. */
function fitting(finest: number, of: { perLane: number[]; spanMs: number; marks: number }): number {
  let grain = finest;
  const left = (): number => of.perLane.reduce((sum, n) => sum + Math.min(n, Math.ceil(of.spanMs / grain)), 0);
  while (grain < of.spanMs && left() > of.marks) grain *= 2;
  return grain;
}

/** Marks of one kind and camera, oldest first. */
type Lane = { kind: EventKind; cameraId: CameraId | null; ticks: Tick[] };

type Gathering = {
  /** null: all cameras. */
  asked: ReadonlySet<string> | null;
  grainMs: number;
  limit: number;
  nameOf: (lane: number) => LaneName;
};

/** A span of this length is one mark: beyond, it is not the moments that are too many but the cameras. */
const coarsestMs = 400 * dayMs;

/**
 * Merges events of one kind and camera that fall into the same grain. When that leaves more than `limit` the grain grows until
 * it does not: the whole span keeps its marks, only farther apart. With more kinds times cameras than `limit` the cameras
 * are merged. `limit` is taken as the number of kinds at least. Rows come oldest first.
 */
function gather({ asked, grainMs, limit, nameOf }: Gathering) {
  const finest = grainMs;
  const most = Math.max(limit, EventKind.options.length);
  let grain = finest;
  let apart = true;
  /** By kind and camera; null: that camera was not asked for. */
  let kinds = new Map<string, Map<string, Lane | null>>();
  /** The same by number. */
  let numbered = new Map<number, Lane | null>();
  let total = 0;

  const laneOf = (kind: string, camera: string): Lane | null => {
    let lanes = kinds.get(kind);
    if (lanes === undefined) kinds.set(kind, (lanes = new Map<string, Lane | null>()));
    const known = lanes.get(camera);
    if (known !== undefined) return known;
    let lane: Lane | null = null;
    if (camera === '') lane = { kind: EventKind.parse(kind), cameraId: null, ticks: [] };
    else if (asked === null || asked.has(camera))
      lane = apart ? { kind: EventKind.parse(kind), cameraId: camera as CameraId, ticks: [] } : laneOf(kind, '');
    lanes.set(camera, lane);
    return lane;
  };
  const put = ({ kind, cameraId, ticks }: Lane, fromMs: number, toMs: number | null, count: number): void => {
    const prev = ticks.at(-1);
    if (prev === undefined || Math.floor(prev.fromMs / grain) !== Math.floor(fromMs / grain)) {
      ticks.push({ kind, cameraId, fromMs, toMs, count });
      total += 1;
      return;
    }
    prev.toMs = prev.toMs === null || toMs === null ? null : Math.max(prev.toMs, toMs);
    prev.count += count;
  };
  const all = (): Tick[] => {
    const lanes = new Set([...kinds.values()].flatMap((of) => [...of.values()]));
    return [...lanes].flatMap((lane) => lane?.ticks ?? []).sort((a, b) => a.fromMs - b.fromMs);
  };
  const coarsen = (): void => {
    const ticks = all();
    if (grain > coarsestMs) {
      // Without cameras there is room again for as many moments as were asked for.
      apart = false;
      grain = finest;
    } else grain *= 2;
    kinds = new Map();
    numbered = new Map();
    total = 0;
    for (const t of ticks) {
      const lane = laneOf(t.kind, t.cameraId ?? '');
      if (lane !== null) put(lane, t.fromMs, t.toMs, t.count);
    }
  };

  const take = (lane: Lane, fromMs: number, toMs: number | null, count: number): void => {
    put(lane, fromMs, toMs, count);
    while (total > most) coarsen();
  };

  return {
    add([number, fromMs, toMs]: EventRow): void {
      let lane = numbered.get(number);
      if (lane === undefined) numbered.set(number, (lane = laneOf(...nameOf(number))));
      if (lane !== null) take(lane, fromMs, toMs, 1);
    },
    addDay([kind, camera, fromMs, toMs, count]: DayRow): void {
      const lane = laneOf(kind, camera);
      if (lane !== null) take(lane, fromMs, toMs, count);
    },
    ticks: all,
  };
}
