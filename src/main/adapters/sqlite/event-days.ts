import type { Database } from 'better-sqlite3';
import type { CameraId } from '#domain/id.ts';
import { dayMs } from '#domain/time.ts';

type Counted = { kind: string; cameraId: CameraId | null; fromMs: number; toMs: number | null };

const derived = `SELECT from_ms - from_ms % ${dayMs}, kind, ifnull(camera_id, ''), count(*), sum(to_ms IS NULL), min(from_ms),
  max(ifnull(to_ms, from_ms)) FROM event GROUP BY 1, 2, 3`;
const stored = 'SELECT day_ms, kind, camera_id, n, going_on, first_ms, last_ms FROM event_day';

/**
 * Events counted per day, kind and camera: what a timeline of months reads instead of each event. Always to be called inside
 * the transaction that writes the event; the events themselves stay the truth.
 */
export function createEventDays(db: Database) {
  const count = db.prepare(
    `INSERT INTO event_day (day_ms, kind, camera_id, n, going_on, first_ms, last_ms) VALUES (?, ?, ?, 1, ?, ?, ?)
     ON CONFLICT (day_ms, kind, camera_id) DO UPDATE SET n = n + 1, going_on = going_on + excluded.going_on,
       first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms)`,
  );
  const finish = db.prepare(
    'UPDATE event_day SET going_on = going_on - 1, last_ms = max(last_ms, ?) WHERE day_ms = ? AND kind = ? AND camera_id = ?',
  );
  const differing = db
    .prepare<[], number>(
      `SELECT (SELECT count(*) FROM (${derived} EXCEPT ${stored})) + (SELECT count(*) FROM (${stored} EXCEPT ${derived}))`,
    )
    .pluck();
  const dayOf = (ms: number): number => ms - (ms % dayMs);

  return {
    added({ kind, cameraId, fromMs, toMs }: Counted): void {
      count.run(dayOf(fromMs), kind, cameraId ?? '', toMs === null ? 1 : 0, fromMs, toMs ?? fromMs);
    },
    ended({ kind, cameraId, fromMs }: Counted, toMs: number): void {
      finish.run(toMs, dayOf(fromMs), kind, cameraId ?? '');
    },
    agrees: (): boolean => (differing.get() ?? 0) === 0,
    rebuild(): void {
      db.exec(`DELETE FROM event_day; INSERT INTO event_day ${derived}`);
    },
  };
}
