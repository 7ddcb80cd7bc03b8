import type { Database } from 'better-sqlite3';
import type { RecordedHour } from '#domain/decide/recorded-rate.ts';
import { hourMs } from '#domain/time.ts';
import type { Queries } from '../../engine/query-port.ts';

type Sum = [hour: number, bytes: number, coveredMs: number];
type RawGap = [fromMs: number, toMs: number | null];
type Window = { stream: number; fromMs: number; toMs: number };

/** Sums of one stream by the hour (UTC) in which its segments start: one range of the segments' own key, and of the gaps'. */
export function createRecordedHours(
  db: Database,
): (q: Parameters<Queries['recordedHours']>[0]) => Awaited<ReturnType<Queries['recordedHours']>> {
  const sums = db
    .prepare<[Window], Sum>(
      `SELECT start_ms / ${hourMs}, sum(bytes), sum(duration_ms) FROM segment
       WHERE stream_id = @stream AND start_ms >= @fromMs AND start_ms < @toMs GROUP BY 1 ORDER BY 1`,
    )
    .raw();
  // The gap that holds the first moment starts before it: one seek back, then forward.
  const gaps = db
    .prepare<[Window], RawGap>(
      `SELECT from_ms, to_ms FROM gap WHERE stream_id = @stream AND from_ms < @toMs
       AND from_ms >= ifnull((SELECT max(from_ms) FROM gap WHERE stream_id = @stream AND from_ms <= @fromMs), 0)`,
    )
    .raw();
  const first = db.prepare<[number], number | null>('SELECT min(start_ms) FROM segment WHERE stream_id = ?').pluck();

  return ({ streamId, fromMs, toMs }) => {
    const window = { stream: streamId, fromMs, toMs };
    const hours = new Map<number, RecordedHour>();
    const at = (hour: number): RecordedHour => {
      let mine = hours.get(hour);
      if (mine === undefined) hours.set(hour, (mine = { hourMs: hour * hourMs, bytes: 0, coveredMs: 0, lostMs: 0 }));
      return mine;
    };
    for (const [hour, bytes, coveredMs] of sums.iterate(window)) Object.assign(at(hour), { bytes, coveredMs });
    for (const [from, to] of gaps.iterate(window)) {
      const end = Math.min(to ?? toMs, toMs);
      for (let ms = Math.max(from, fromMs); ms < end; ) {
        const hour = Math.floor(ms / hourMs);
        const next = Math.min(end, (hour + 1) * hourMs);
        at(hour).lostMs += next - ms;
        ms = next;
      }
    }
    return { firstMs: first.get(streamId) ?? null, hours: [...hours.values()] };
  };
}
