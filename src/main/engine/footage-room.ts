/** What the engine offers of searches of recorded footage. Types only. */
import type { Caller, Pushed, Signal } from '#contract/call.ts';
import type { FootageHitPush, FootageSearchPush } from '#contract/footage-search.ts';
import type { FootageAsk, FootageHit, FootageSearch } from '#domain/footage-search.ts';
import type { FootageSearchId } from '#domain/id.ts';
import type { FootagePictureDoor } from './footage-port.ts';

export type FootageSearches = FootagePictureDoor & {
  /** Newest first. */
  list(): FootageSearch[];
  watch(signal: Signal): AsyncIterable<Pushed<FootageSearchPush>>;
  /** Throws NOT_FOUND, and so do all that name a search. */
  hits(id: FootageSearchId): FootageHit[];
  watchHits(id: FootageSearchId, signal: Signal): AsyncIterable<Pushed<FootageHitPush>>;
  /** Throws INVALID, NOT_FOUND, TOO_MANY, UNAVAILABLE. */
  begin(ask: FootageAsk, caller: Caller): FootageSearch;
  cancel(id: FootageSearchId): FootageSearch;
  remove(id: FootageSearchId): void;
  /** Throws CONFLICT too. */
  keep(id: FootageSearchId, hitId: number, said: { name: string; note: string }, caller: Caller): FootageHit;
};
