import type { Database } from 'better-sqlite3';
import { EventKind } from '#domain/event.ts';
import type { CameraId } from '#domain/id.ts';
import { dayMs, hourMs } from '#domain/time.ts';
import type { Queries } from '../../engine/ports.ts';

type TickQuery = Parameters<Queries['ticks']>[0];
type Tick = Awaited<ReturnType<Queries['ticks']>>[number];
/** kind, camera ('' or null: none), first start, last end (null: going on), events. */
type Row = [string, string | null, number, number | null, number];

/** Most ticks in one answer, whatever was asked for. */
const maxTicks = 2_000;
/** More events than this are read as counts per day. */
const maxRead = 50_000;

/** Events over a span, as few marks as the screen can tell apart. */
export function createTicks(db: Database, settings: { maxRead?: number } = {}): (q: TickQuery) => Tick[] {
  const most = settings.maxRead ?? maxRead;
  const rows = (sql: string) => db.prepare<number[], Row>(sql).raw();
  const columns = 'kind, camera_id, from_ms, to_ms, 1 FROM event';
  // Those of the hour before the span that reach into it, and the few longer ones that began earlier still.
  const long = rows(
    `SELECT ${columns} WHERE from_ms < ? AND (to_ms IS NULL OR to_ms - from_ms > ${hourMs}) AND (to_ms IS NULL OR to_ms >= ?) ORDER BY from_ms`,
  );
  const reaching = rows(
    `SELECT ${columns} WHERE from_ms >= ? AND from_ms < ? AND (to_ms IS NULL OR to_ms >= ?) ORDER BY from_ms`,
  );
  const within = rows(`SELECT ${columns} WHERE from_ms >= ? AND from_ms < ? ORDER BY from_ms`);
  const days = rows(
    `SELECT kind, camera_id, first_ms, CASE WHEN going_on > 0 THEN NULL ELSE last_ms END, n FROM event_day
     WHERE day_ms >= ? AND day_ms < ? ORDER BY day_ms`,
  );
  const many = db
    .prepare<[number, number, number], number>(
      'SELECT count(*) FROM (SELECT 1 FROM event WHERE from_ms >= ? AND from_ms < ? LIMIT ?)',
    )
    .pluck();

  return ({ cameraIds, fromMs, toMs, grainMs, limit }) => {
    const into = gather({ cameraIds, grainMs, limit: Math.min(limit, maxTicks) });
    const read = (found: Row[]): void => {
      for (const row of found) into.add(row);
    };
    const back = fromMs - hourMs;
    read(long.all(back, fromMs));
    read(reaching.all(back, fromMs, fromMs));
    const firstDay = Math.ceil(fromMs / dayMs) * dayMs;
    const lastDay = Math.floor(toMs / dayMs) * dayMs;
    if (lastDay - firstDay > dayMs && (many.get(fromMs, toMs, most + 1) ?? 0) > most) {
      read(within.all(fromMs, firstDay));
      read(days.all(firstDay, lastDay));
      read(within.all(lastDay, toMs));
    } else read(within.all(fromMs, toMs));
    return into.ticks();
  };
}

/** Marks of one kind and camera, oldest first. */
type Lane = { kind: EventKind; cameraId: CameraId | null; ticks: Tick[] };

/** A span of this length is one mark: beyond, it is not the moments that are too many but the cameras. */
const coarsestMs = 400 * dayMs;

/**
 * Merges events of one kind and camera that fall into the same grain. When that leaves more than `limit` the grain grows until
 * it does not: the whole span keeps its marks, only farther apart. With more kinds times cameras than `limit` the cameras
 * are merged. `limit` is taken as the number of kinds at least. Rows come oldest first.
 */
function gather({ cameraIds, grainMs, limit }: { cameraIds: CameraId[] | null; grainMs: number; limit: number }) {
  const asked = cameraIds === null ? null : new Set<string>(cameraIds);
  const finest = Math.max(1, grainMs);
  const most = Math.max(limit, EventKind.options.length);
  let grain = finest;
  let apart = true;
  let kinds = new Map<string, Map<string, Lane>>();
  let total = 0;

  const laneOf = (kind: string, camera: string): Lane => {
    const key = apart ? camera : '';
    let lanes = kinds.get(kind);
    if (lanes === undefined) kinds.set(kind, (lanes = new Map<string, Lane>()));
    let lane = lanes.get(key);
    if (lane === undefined) {
      lane = { kind: EventKind.parse(kind), cameraId: key === '' ? null : (key as CameraId), ticks: [] };
      lanes.set(key, lane);
    }
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
  const all = (): Tick[] =>
    [...kinds.values()]
      .flatMap((lanes) => [...lanes.values()].flatMap((lane) => lane.ticks))
      .sort((a, b) => a.fromMs - b.fromMs);
  const coarsen = (): void => {
    const ticks = all();
    if (grain > coarsestMs) {
      // Without cameras there is room again for as many moments as were asked for.
      apart = false;
      grain = finest;
    } else grain *= 2;
    kinds = new Map();
    total = 0;
    for (const t of ticks) put(laneOf(t.kind, t.cameraId ?? ''), t.fromMs, t.toMs, t.count);
  };

  return {
    add([kind, camera, fromMs, toMs, count]: Row): void {
      if (asked !== null && camera !== null && camera !== '' && !asked.has(camera)) return;
      put(laneOf(kind, camera ?? ''), fromMs, toMs, count);
      while (total > most) coarsen();
    },
    ticks: all,
  };
}
