import { PlateEntry, PlateList } from '#domain/plate-list.ts';
import type { PlateStore } from '../../engine/plate-port.ts';
import type { Connection } from './connection.ts';

type Row = Record<string, unknown>;

/** Lists of plates and what is on them. */
export function createPlateRows({ db, read, write }: Connection): PlateStore {
  const lists = db.prepare<[], Row>(
    'SELECT id, name, kind, tolerant, created_ms AS createdMs FROM plate_list ORDER BY id',
  );
  const putList = db.prepare(
    `INSERT INTO plate_list (id, name, kind, tolerant, created_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, tolerant = excluded.tolerant`,
  );
  const removeList = db.prepare('DELETE FROM plate_list WHERE id = ?');
  const entries = db.prepare<[], Row>(
    `SELECT id, list_id AS listId, text, label, note, from_ms AS fromMs, to_ms AS toMs, changed_ms AS changedMs,
     changed_by AS changedBy FROM plate_entry ORDER BY list_id, text`,
  );
  const putEntry = db.prepare(
    `INSERT INTO plate_entry (id, list_id, text, label, note, from_ms, to_ms, changed_ms, changed_by)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET text = excluded.text, label = excluded.label,
     note = excluded.note, from_ms = excluded.from_ms, to_ms = excluded.to_ms, changed_ms = excluded.changed_ms,
     changed_by = excluded.changed_by`,
  );
  const removeEntry = db.prepare('DELETE FROM plate_entry WHERE id = ?');
  return {
    lists: () =>
      read('plate lists', () => lists.all().map((r) => PlateList.parse({ ...r, tolerant: r.tolerant === 1 }))),
    putList: (l) =>
      write('put plate list', () => {
        putList.run(l.id, l.name, l.kind, l.tolerant ? 1 : 0, l.createdMs);
      }),
    removeList: (id) =>
      write('remove plate list', () => {
        removeList.run(id);
      }),
    entries: () => read('plates', () => entries.all().map((r) => PlateEntry.parse(r))),
    change: ({ put, remove }) =>
      write('change plates', () => {
        for (const id of remove) removeEntry.run(id);
        for (const e of put)
          putEntry.run(e.id, e.listId, e.text, e.label, e.note, e.fromMs, e.toMs, e.changedMs, e.changedBy);
      }),
  };
}
