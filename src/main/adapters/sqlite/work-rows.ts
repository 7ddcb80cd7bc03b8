import { WorkItem, type WorkKind } from '#domain/work.ts';
import type { WorkStore } from '../../engine/work-port.ts';
import type { Connection } from './connection.ts';

type Row = { kind: string; event_id: string; camera_id: string; made_ms: number; due_ms: number; tries: number };

/** Work that waits. */
export function createWorkRows({ db, read, write }: Connection): WorkStore {
  const add = db.prepare(
    `INSERT INTO work (kind, event_id, camera_id, made_ms, due_ms, tries) SELECT ?, id, ?, ?, ?, ? FROM event WHERE id = ?
     ON CONFLICT (kind, event_id) DO UPDATE SET due_ms = excluded.due_ms, tries = excluded.tries`,
  );
  const next = db.prepare<[string, number], Row>(
    'SELECT * FROM work WHERE kind = ? AND due_ms <= ? ORDER BY due_ms LIMIT 1',
  );
  const later = db.prepare('UPDATE work SET due_ms = ?, tries = ? WHERE kind = ? AND event_id = ?');
  const remove = db.prepare('DELETE FROM work WHERE kind = ? AND event_id = ?');
  const waiting = db.prepare<[string], { count: number; oldestMs: number | null }>(
    'SELECT count(*) AS count, min(made_ms) AS oldestMs FROM work WHERE kind = ?',
  );
  const drop = db.prepare(
    'DELETE FROM work WHERE (kind, event_id) IN (SELECT kind, event_id FROM work WHERE kind = ? ORDER BY made_ms, event_id LIMIT ?)',
  );
  const count = (kind: WorkKind) => waiting.get(kind) ?? { count: 0, oldestMs: null };
  return {
    add: ({ kind, eventId, cameraId, madeMs, dueMs, tries }) =>
      write('add work', () => {
        add.run(kind, cameraId, madeMs, dueMs, tries, eventId);
      }),
    next: (kind, atMs) =>
      read('next work', () => {
        const row = next.get(kind, atMs);
        if (row === undefined) return null;
        return WorkItem.parse({
          ...{ kind: row.kind, eventId: row.event_id, cameraId: row.camera_id },
          ...{ madeMs: row.made_ms, dueMs: row.due_ms, tries: row.tries },
        });
      }),
    later: (kind, id, dueMs, tries) =>
      write('put off work', () => {
        later.run(dueMs, tries, kind, id);
      }),
    remove: (kind, id) =>
      write('remove work', () => {
        remove.run(kind, id);
      }),
    waiting: (kind) => read('waiting work', () => count(kind)),
    keep: (kind, most) =>
      write('bound work', () => {
        const over = count(kind).count - most;
        return over > 0 ? drop.run(kind, over).changes : 0;
      }),
  };
}
