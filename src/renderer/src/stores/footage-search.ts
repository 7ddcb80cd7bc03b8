/** Searches of recorded footage, while somebody looks at them, and the calls that steer them. */
import { create } from 'zustand';
import type { FootageHitPush, FootageSearchPush } from '#contract/footage-search.ts';
import type { Inputs } from '#contract/call.ts';
import type { FootageHit, FootageSearch } from '#domain/footage-search.ts';
import type { FootageSearchId } from '#domain/id.ts';
import { forEver } from '../client/index.ts';
import { station } from './line.ts';

type Searches = {
  /** Newest first. */
  list: readonly FootageSearch[];
  /** False until the station has told all once. */
  loaded: boolean;
};
const nothing: Searches = { list: [], loaded: false };
export const useFootageSearches = create<Searches>(() => nothing);

/** What a push makes of what is known; pure. */
export function takeSearchPush(was: Searches, push: FootageSearchPush): Searches {
  switch (push.type) {
    case 'all':
      return { list: push.searches, loaded: true };
    case 'search': {
      const { search } = push;
      const known = was.list.some((s) => s.id === search.id);
      return { ...was, list: known ? was.list.map((s) => (s.id === search.id ? search : s)) : [search, ...was.list] };
    }
    case 'removed':
      return { ...was, list: was.list.filter((s) => s.id !== push.id) };
  }
}

/** Follows them until `signal` aborts. Ends by a refusal with its error. */
export async function followFootageSearches(signal: AbortSignal): Promise<void> {
  const pushes = await station().footageSearch.watch({}, { signal, context: forEver });
  for await (const push of pushes) useFootageSearches.setState((was) => takeSearchPush(was, push));
}
export const forgetFootageSearches = (): void => {
  useFootageSearches.setState(nothing);
};

/** What a push makes of what was found; pure. In the order in which it was found. */
export function takeHitPush(was: readonly FootageHit[], push: FootageHitPush): readonly FootageHit[] {
  if (push.type === 'all') return push.hits;
  const fresh = new Map(push.hits.map((h) => [h.id, h]));
  const known = was.map((h) => fresh.get(h.id) ?? h);
  return [...known, ...push.hits.filter((h) => !was.some((k) => k.id === h.id))].sort((a, b) => a.id - b.id);
}

/** Follows what a search finds until `signal` aborts or it is deleted. Ends by a refusal with its error. */
export async function followFootageHits(
  id: FootageSearchId,
  signal: AbortSignal,
  on: (push: FootageHitPush) => void,
): Promise<void> {
  const pushes = await station().footageSearch.watchHits({ id }, { signal, context: forEver });
  for await (const push of pushes) if (!signal.aborted) on(push);
}

export type FootageDraft = Inputs['footageSearch']['start'];
export const startFootageSearch = (ask: FootageDraft): Promise<FootageSearch> => station().footageSearch.start(ask);
export async function cancelFootageSearch(id: FootageSearchId): Promise<void> {
  await station().footageSearch.cancel({ id });
}
export async function removeFootageSearch(id: FootageSearchId): Promise<void> {
  await station().footageSearch.remove({ id });
}
export async function keepFootageHit(id: FootageSearchId, hitId: number, name: string): Promise<void> {
  await station().footageSearch.keep({ id, hitId, name, note: '' });
}

/** `bestMs` makes a better picture another address. */
export const footagePictureUrl = (id: FootageSearchId, hit: Pick<FootageHit, 'id' | 'bestMs'>): string =>
  `/media/footage-searches/${id}/${String(hit.id)}.jpg?at=${String(hit.bestMs)}`;
