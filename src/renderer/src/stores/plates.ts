/** Lists of plates, and what is on them. */
import { create } from 'zustand';
import type { Inputs, Outputs } from '#contract/call.ts';
import type { PlateListView } from '#contract/plates.ts';
import type { PlateEntry, PlateEntryDraft, PlateListDraft } from '#domain/plate-list.ts';
import { station } from './line.ts';

type ListId = PlateListView['id'];
/** null: not read yet. */
export const usePlateLists = create<{ lists: PlateListView[] | null }>(() => ({ lists: null }));

export async function readPlateLists(signal?: AbortSignal): Promise<void> {
  const lists = await station().plates.lists({}, signal === undefined ? {} : { signal });
  usePlateLists.setState({ lists });
}
/** What changed shows in the counts of the lists, too. */
async function then<T>(done: Promise<T>): Promise<T> {
  const value = await done;
  await readPlateLists();
  return value;
}
export const addPlateList = (list: PlateListDraft): Promise<PlateListView> => then(station().plates.addList(list));
export const changePlateList = (listId: ListId, list: PlateListDraft): Promise<PlateListView> =>
  then(station().plates.changeList({ listId, list }));
export async function removePlateList(listId: ListId): Promise<void> {
  await then(station().plates.removeList({ listId }));
}
export const listPlates = (
  query: Inputs['plates']['entries'],
  signal: AbortSignal,
): Promise<Outputs['plates']['entries']> => station().plates.entries(query, { signal });
export const addPlate = (listId: ListId, entry: PlateEntryDraft): Promise<PlateEntry> =>
  then(station().plates.addEntry({ listId, entry }));
export const changePlate = (entryId: PlateEntry['id'], entry: PlateEntryDraft): Promise<PlateEntry> =>
  then(station().plates.changeEntry({ entryId, entry }));
export async function removePlate(entryId: PlateEntry['id']): Promise<void> {
  await then(station().plates.removeEntry({ entryId }));
}
export type ReadPlates = Outputs['plates']['readCsv'];
export const readPlatesCsv = (listId: ListId, text: string, signal: AbortSignal): Promise<ReadPlates> =>
  station().plates.readCsv({ listId, text }, { signal });
export const importPlatesCsv = (
  listId: ListId,
  text: string,
  replace: boolean,
): Promise<Outputs['plates']['importCsv']> => then(station().plates.importCsv({ listId, text, replace }));
