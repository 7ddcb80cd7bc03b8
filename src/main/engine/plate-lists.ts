/** Lists of plates as people keep them, and what a plate that was read goes with. */
import type { PlateListView } from '#contract/plates.ts';
import type { Caller } from '#contract/call.ts';
import { AppError } from '#contract/error.ts';
import { foldPlate, hasPlatePart, matchPlate, plateMatches } from '#domain/decide/plate-match.ts';
import { readPlateList } from '#domain/decide/read-plate-list.ts';
import { PlateEntryId, PlateListId } from '#domain/id.ts';
import {
  mostPlateLists,
  mostPlates,
  type PlateEntry,
  type PlateEntryDraft,
  type PlateFound,
  type PlateList,
} from '#domain/plate-list.ts';
import { createTimeZone } from '#domain/time-zone.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { PlateLists, PlateStore } from './plate-port.ts';

/** Of lists that a plate goes with equally well the one that matters most comes first. */
const weight: Record<PlateList['kind'], number> = { deny: 0, watch: 1, allow: 2 };
const mostFound = 16;
/** Faults of a list that are told at once. */
const mostFaults = 50;

export function createPlateLists(deps: {
  clock: Clock;
  log: Log;
  newId: () => string;
  store: PlateStore;
  /** Whose days and hours lists mean; an IANA name. */
  zone: () => string;
}): PlateLists {
  const { clock, log, store } = deps;
  const lists = new Map<PlateListId, PlateList>(store.lists().map((l) => [l.id, l]));
  const entries = new Map<PlateListId, Map<string, PlateEntry>>();
  const on = (id: PlateListId): Map<string, PlateEntry> => {
    let mine = entries.get(id);
    if (mine === undefined) entries.set(id, (mine = new Map<string, PlateEntry>()));
    return mine;
  };
  for (const entry of store.entries()) on(entry.listId).set(entry.text, entry);

  const holds = (e: PlateEntry, atMs: number): boolean =>
    (e.fromMs === null || e.fromMs <= atMs) && (e.toMs === null || atMs < e.toMs);
  const listOf = (id: PlateListId): PlateList => {
    const list = lists.get(id);
    if (list === undefined) throw new AppError('NOT_FOUND', 'There is no such list of plates any more.');
    return list;
  };
  const entryOf = (id: PlateEntryId): PlateEntry => {
    for (const mine of entries.values()) for (const entry of mine.values()) if (entry.id === id) return entry;
    throw new AppError('NOT_FOUND', 'This plate is not on the list any more.');
  };
  const view = (list: PlateList): PlateListView => {
    const all = [...on(list.id).values()];
    const now = clock.nowMs();
    return { ...list, plates: all.length, valid: all.filter((e) => holds(e, now)).length };
  };
  const keepList = (list: PlateList, caller: Caller, what: string): PlateListView => {
    const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
    if ([...lists.values()].some((l) => l.id !== list.id && same(l.name, list.name)))
      throw new AppError('CONFLICT', `There is a list named "${list.name}" already.`, {
        data: { what: 'name', name: list.name },
      });
    store.putList(list);
    lists.set(list.id, list);
    log.info(`a list of plates was ${what}`, { list: list.name, kind: list.kind, by: caller.name });
    return view(list);
  };
  const made = (listId: PlateListId, draft: PlateEntryDraft, caller: Caller, id?: PlateEntryId): PlateEntry => ({
    ...draft,
    ...{ id: id ?? PlateEntryId.parse(deps.newId()), listId, changedMs: clock.nowMs(), changedBy: caller.name },
  });
  const tooMany = (): AppError =>
    new AppError('CONFLICT', `A list holds ${mostPlates} plates at most.`, {
      data: { what: 'count', number: mostPlates },
    });
  const twice = (text: string): AppError =>
    new AppError('CONFLICT', `${text} is on this list already.`, { data: { what: 'plate', name: text } });
  const sorted = (id: PlateListId): PlateEntry[] =>
    [...on(id).values()].sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  const read = (text: string) => readPlateList(text, createTimeZone(deps.zone()));

  return {
    lists: () => [...lists.values()].sort((a, b) => a.name.localeCompare(b.name)).map(view),
    addList(draft, caller) {
      if (lists.size >= mostPlateLists)
        throw new AppError('CONFLICT', `There are ${mostPlateLists} lists already; that is the most.`, {
          data: { what: 'count', number: mostPlateLists },
        });
      const id = PlateListId.parse(deps.newId());
      return keepList({ ...draft, id, createdMs: clock.nowMs() }, caller, 'begun');
    },
    changeList: (id, draft, caller) => keepList({ ...listOf(id), ...draft }, caller, 'changed'),
    removeList(id, caller) {
      const { name } = listOf(id);
      store.removeList(id);
      lists.delete(id);
      entries.delete(id);
      log.info('a list of plates was removed', { list: name, by: caller.name });
    },
    entries(id, { text, after, limit }) {
      listOf(id);
      const label = text?.toLowerCase() ?? '';
      const found = sorted(id).filter(
        (e) =>
          (after === null || e.text > after) &&
          (label === '' || hasPlatePart(e.text, label) || e.label.toLowerCase().includes(label)),
      );
      return { entries: found.slice(0, limit), more: found.length > limit };
    },
    addEntry(id, draft, caller) {
      listOf(id);
      if (on(id).has(draft.text)) throw twice(draft.text);
      if (on(id).size >= mostPlates) throw tooMany();
      const entry = made(id, draft, caller);
      store.change({ put: [entry], remove: [] });
      on(id).set(entry.text, entry);
      return entry;
    },
    changeEntry(id, draft, caller) {
      const was = entryOf(id);
      const other = on(was.listId).get(draft.text);
      if (other !== undefined && other.id !== id) throw twice(draft.text);
      const entry = made(was.listId, draft, caller, id);
      store.change({ put: [entry], remove: [] });
      on(was.listId).delete(was.text);
      on(was.listId).set(entry.text, entry);
      return entry;
    },
    removeEntry(id, caller) {
      const was = entryOf(id);
      store.change({ put: [], remove: [id] });
      on(was.listId).delete(was.text);
      log.info('a plate was taken off a list', { list: listOf(was.listId).name, by: caller.name });
    },
    readCsv(id, text) {
      listOf(id);
      const { lines, plates, ok } = read(text);
      return { lines: lines.slice(0, mostPlates + 1), ok, known: plates.filter((p) => on(id).has(p.text)).length };
    },
    importCsv(id, { text, replace }, caller) {
      const list = listOf(id);
      const { lines, plates, ok } = read(text);
      if (!ok) throw refusal(lines);
      const before = on(id);
      const named = new Set(plates.map((p) => p.text));
      const gone = replace ? [...before.values()].filter((e) => !named.has(e.text)) : [];
      const put = plates.map((p) => made(id, p, caller, before.get(p.text)?.id));
      const added = put.filter((e) => !before.has(e.text)).length;
      if (before.size - gone.length + added > mostPlates) throw tooMany();
      store.change({ put, remove: gone.map((e) => e.id) });
      for (const entry of gone) before.delete(entry.text);
      for (const entry of put) before.set(entry.text, entry);
      const done = { added, changed: put.length - added, removed: gone.length };
      log.info('a list of plates was taken in', { list: list.name, by: caller.name, ...done });
      return done;
    },
    all: (id) => ({ list: listOf(id), entries: sorted(id) }),
    find(text, at) {
      const atMs = at ?? clock.nowMs();
      const found: PlateFound[] = [];
      if (foldPlate(text) === '') return found;
      for (const list of lists.values())
        for (const entry of on(list.id).values()) {
          const match = holds(entry, atMs) ? matchPlate(entry.text, text) : null;
          if (match !== null && (list.tolerant || match === 'exact')) found.push({ list, entry, match });
        }
      const rank = (f: PlateFound): number => plateMatches.indexOf(f.match) * 3 + weight[f.list.kind];
      return found.sort((a, b) => rank(a) - rank(b)).slice(0, mostFound);
    },
  };
}

function refusal(lines: ReturnType<typeof readPlateList>['lines']): AppError {
  const issues = lines.flatMap((l) =>
    l.issues.map((i) => ({
      path: `line ${String(l.line)}${i.column === '' ? '' : ` ${i.column}`}`,
      why: 'line' as const,
      message: i.message,
    })),
  );
  return new AppError('INVALID', 'Nothing was taken in: some lines of the list are not right.', {
    data: { issues: issues.slice(0, mostFaults) },
  });
}
