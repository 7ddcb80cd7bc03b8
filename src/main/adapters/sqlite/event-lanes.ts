import type { Database } from 'better-sqlite3';
import type { CameraId } from '#domain/id.ts';

type Named = { kind: string; cameraId: CameraId | null };

/**
 * Kind and camera of events as one small number, so that the index which ticks are drawn from is a quarter of its size. Always
 * to be called inside the transaction that writes the event; the event's own kind and camera stay the truth.
 */
export function createEventLanes(db: Database) {
  const find = db.prepare<[string, string], number>('SELECT id FROM lane WHERE kind = ? AND camera_id = ?').pluck();
  const add = db.prepare('INSERT INTO lane (kind, camera_id) VALUES (?, ?)');
  const wrong = `FROM event WHERE lane_id IS NOT
    (SELECT id FROM lane WHERE lane.kind = event.kind AND lane.camera_id = ifnull(event.camera_id, ''))`;
  const differing = db.prepare<[], number>(`SELECT EXISTS (SELECT 1 ${wrong})`).pluck();

  return {
    // Looked up each time: a number remembered from a transaction that was then rolled back would be another's.
    id: ({ kind, cameraId }: Named): number =>
      find.get(kind, cameraId ?? '') ?? Number(add.run(kind, cameraId ?? '').lastInsertRowid),
    agrees: (): boolean => differing.get() === 0,
    rebuild(): void {
      db.exec(`INSERT OR IGNORE INTO lane (kind, camera_id) SELECT DISTINCT kind, ifnull(camera_id, '') FROM event;
        UPDATE event SET lane_id = (SELECT id FROM lane WHERE lane.kind = event.kind AND lane.camera_id = ifnull(event.camera_id, ''))
        WHERE id IN (SELECT id ${wrong})`);
    },
  };
}
