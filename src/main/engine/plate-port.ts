/** Lists of plates: what the index keeps of them, and what the engine offers. Types only. */
import type { Caller, Outputs } from '#contract/call.ts';
import type { PlateListView } from '#contract/plates.ts';
import type { PlateEntryId, PlateListId } from '#domain/id.ts';
import type { PlateEntry, PlateEntryDraft, PlateFound, PlateList, PlateListDraft } from '#domain/plate-list.ts';

export type PlateStore = {
  lists(): PlateList[];
  /** Adds it, or takes the place of the one with its id. */
  putList(list: PlateList): void;
  /** With its entries. */
  removeList(id: PlateListId): void;
  /** Of all lists. */
  entries(): PlateEntry[];
  /** All or none; what is removed goes first. */
  change(of: { put: readonly PlateEntry[]; remove: readonly PlateEntryId[] }): void;
};

/** Throws NOT_FOUND for a list or an entry that is not there; CONFLICT (`name`, `plate`, `count`); INVALID. */
export type PlateLists = PlateCsvDoor & {
  /** By name. */
  lists(): PlateListView[];
  addList(draft: PlateListDraft, caller: Caller): PlateListView;
  changeList(id: PlateListId, draft: PlateListDraft, caller: Caller): PlateListView;
  removeList(id: PlateListId, caller: Caller): void;
  /** By plate. */
  entries(
    id: PlateListId,
    q: { text: string | null; after: string | null; limit: number },
  ): { entries: PlateEntry[]; more: boolean };
  addEntry(id: PlateListId, draft: PlateEntryDraft, caller: Caller): PlateEntry;
  changeEntry(id: PlateEntryId, draft: PlateEntryDraft, caller: Caller): PlateEntry;
  removeEntry(id: PlateEntryId, caller: Caller): void;
  readCsv(id: PlateListId, text: string): Outputs['plates']['readCsv'];
  importCsv(id: PlateListId, said: { text: string; replace: boolean }, caller: Caller): Outputs['plates']['importCsv'];
  /** What a plate goes with at a moment (null: now): the closest first; of equals deny, watch, allow. */
  find(text: string, atMs: number | null): PlateFound[];
};

/** What the transports need of them. */
export type PlateCsvDoor = {
  /** A list's name and all that is on it, by plate. Throws NOT_FOUND. */
  all(id: PlateListId): { list: PlateList; entries: PlateEntry[] };
};
