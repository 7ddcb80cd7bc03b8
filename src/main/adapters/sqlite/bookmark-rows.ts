import { Bookmark } from '#domain/bookmark.ts';
import type { BookmarkStore } from '../../engine/retention-port.ts';
import type { Connection } from './connection.ts';

const columns = `id, camera_id AS cameraId, at_ms AS atMs, name, note, created_ms AS createdMs, created_by AS createdBy FROM bookmark`;

export function createBookmarkRows({ db, read, write }: Connection): BookmarkStore {
  const one = db.prepare<[string], Record<string, unknown>>(`SELECT ${columns} WHERE id = ?`);
  const ofCamera = db.prepare<[string], Record<string, unknown>>(
    `SELECT ${columns} WHERE camera_id = ? ORDER BY at_ms, id`,
  );
  const put = db.prepare(
    'INSERT OR REPLACE INTO bookmark (id, camera_id, at_ms, name, note, created_ms, created_by) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const remove = db.prepare('DELETE FROM bookmark WHERE id = ?');
  const get = (id: string): Bookmark | null => {
    const row = one.get(id);
    return row === undefined ? null : Bookmark.parse(row);
  };
  return {
    get: (id) => read('bookmark', () => get(id)),
    put: (b) =>
      write('put bookmark', () => {
        put.run(b.id, b.cameraId, b.atMs, b.name, b.note, b.createdMs, b.createdBy);
      }),
    remove: (id) =>
      write('remove bookmark', () => {
        remove.run(id);
      }),
    ofCamera: (cameraId) => read('bookmarks of a camera', () => ofCamera.all(cameraId).map((r) => Bookmark.parse(r))),
    list: (q) =>
      read('bookmarks', () => {
        const where: string[] = [];
        const values: (string | number)[] = [];
        const add = (sql: string, ...v: (string | number)[]): void => {
          where.push(sql);
          values.push(...v);
        };
        if (q.cameraIds.length > 0)
          add(`camera_id IN (${Array(q.cameraIds.length).fill('?').join(', ')})`, ...q.cameraIds);
        if (q.fromMs !== null) add('at_ms >= ?', q.fromMs);
        if (q.toMs !== null) add('at_ms < ?', q.toMs);
        const place = q.before === null ? null : get(q.before);
        if (place !== null) add('(at_ms, id) < (?, ?)', place.atMs, place.id);
        const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
        return db
          .prepare<unknown[], Record<string, unknown>>(
            `SELECT ${columns} ${filter} ORDER BY at_ms DESC, id DESC LIMIT ?`,
          )
          .all(...values, q.limit)
          .map((r) => Bookmark.parse(r));
      }),
  };
}
