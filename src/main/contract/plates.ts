/** Lists of plates. What was read stands in events of the kind `plate`, found by part of the text (`events.list`). */
import { z } from 'zod';
import { PlateEntryId, PlateListId } from '../domain/id.ts';
import {
  mostPlateLists,
  PlateEntry,
  PlateEntryDraft,
  PlateFound,
  PlateLine,
  PlateList,
  PlateListDraft,
} from '../domain/plate-list.ts';
import { administrator, none, num, operator } from './base.ts';

const list = z.object({ listId: PlateListId });
const entry = z.object({ entryId: PlateEntryId });
/** About 5,000 lines; bodies hold 256 KiB. */
const csv = list.extend({ text: z.string().max(200_000) });

export const PlateListView = PlateList.extend({
  plates: z.number().int(),
  /** Of them, those that count now. */
  valid: z.number().int(),
});
export type PlateListView = z.infer<typeof PlateListView>;

export const plates = {
  /** By name. As CSV: `/api/plates/lists/{listId}/csv`. */
  lists: operator
    .route({ method: 'GET', path: '/plates/lists', summary: 'Lists of plates' })
    .input(none)
    .output(z.array(PlateListView).max(mostPlateLists)),
  /** CONFLICT: `what: 'name'`, it is taken; `what: 'count'`, there are as many as there may be. */
  addList: administrator
    .route({ method: 'POST', path: '/plates/lists', summary: 'Begin a list of plates', successStatus: 201 })
    .input(PlateListDraft)
    .output(PlateListView),
  changeList: administrator
    .route({ method: 'PUT', path: '/plates/lists/{listId}' })
    .input(list.extend({ list: PlateListDraft }))
    .output(PlateListView),
  /** With all that is on it. */
  removeList: administrator.route({ method: 'DELETE', path: '/plates/lists/{listId}' }).input(list).output(none),
  /** By plate; `text`: a part of it, or of its label; `after`: the plate with which the last page ended. */
  entries: operator
    .route({ method: 'GET', path: '/plates/lists/{listId}/entries', summary: 'Plates on a list' })
    .input(
      list.extend({
        text: z.string().trim().max(100).optional(),
        after: z.string().max(40).optional(),
        limit: num(z.number().int().min(1).max(500).default(100)),
      }),
    )
    .output(z.object({ entries: z.array(PlateEntry), more: z.boolean() })),
  /** CONFLICT: `what: 'plate'`, it is on the list already; `what: 'count'`. */
  addEntry: administrator
    .route({
      method: 'POST',
      path: '/plates/lists/{listId}/entries',
      summary: 'Put a plate on a list',
      successStatus: 201,
    })
    .input(list.extend({ entry: PlateEntryDraft }))
    .output(PlateEntry),
  changeEntry: administrator
    .route({ method: 'PUT', path: '/plates/entries/{entryId}' })
    .input(entry.extend({ entry: PlateEntryDraft }))
    .output(PlateEntry),
  removeEntry: administrator.route({ method: 'DELETE', path: '/plates/entries/{entryId}' }).input(entry).output(none),
  readCsv: administrator
    .route({ method: 'POST', path: '/plates/lists/{listId}/csv/read', summary: 'Read a CSV list without adding' })
    .input(csv)
    .output(z.object({ lines: z.array(PlateLine), ok: z.boolean(), known: z.number().int() })),
  /** All lines or none: INVALID with `line N column` of what is not right. `replace`: what the text does not name goes. */
  importCsv: administrator
    .route({ method: 'POST', path: '/plates/lists/{listId}/csv', summary: 'Take in a CSV list of plates' })
    .input(csv.extend({ replace: z.boolean().default(false) }))
    .output(z.object({ added: z.number().int(), changed: z.number().int(), removed: z.number().int() })),
  /** What a plate goes with now, the best first. */
  match: operator
    .route({ method: 'GET', path: '/plates/match', summary: 'Lists that a plate is on' })
    .input(z.object({ text: z.string().trim().min(1).max(40) }))
    .output(z.array(PlateFound)),
};
