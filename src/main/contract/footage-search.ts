/** Searching recorded footage for people, vehicles and animals. A search goes on when nobody looks, and is kept until it is deleted. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { Bookmark } from '../domain/bookmark.ts';
import { FootageAsk, FootageHit, FootageHitId, FootageSearch } from '../domain/footage-search.ts';
import { FootageSearchId } from '../domain/id.ts';
import { none, num, operator, viewer } from './base.ts';

const one = z.object({ id: FootageSearchId });

/** First `all`, newest first, then changes: a search that is new or another now, or one that is gone. */
export const FootageSearchPush = z.discriminatedUnion('type', [
  z.object({ type: z.literal('all'), searches: z.array(FootageSearch) }),
  z.object({ type: z.literal('search'), search: FootageSearch }),
  z.object({ type: z.literal('removed'), id: FootageSearchId }),
]);
export type FootageSearchPush = z.infer<typeof FootageSearchPush>;

/** First `all`, in the order in which they were found, then those that are new or changed. Ends when the search is deleted. */
export const FootageHitPush = z.object({ type: z.enum(['all', 'changed']), hits: z.array(FootageHit) });
export type FootageHitPush = z.infer<typeof FootageHitPush>;

export const footageSearch = {
  /** Newest first. */
  list: viewer
    .route({ method: 'GET', path: '/footage-searches', summary: 'Searches of recorded footage, newest first' })
    .input(none)
    .output(z.array(FootageSearch)),
  watch: viewer
    .route({ method: 'GET', path: '/footage-searches/follow', summary: 'Follow the searches (server-sent events)' })
    .input(none)
    .output(eventIterator(FootageSearchPush)),
  hits: viewer
    .route({ method: 'GET', path: '/footage-searches/{id}/hits', summary: 'What a search has found so far' })
    .input(one)
    .output(z.array(FootageHit)),
  watchHits: viewer
    .route({
      method: 'GET',
      path: '/footage-searches/{id}/hits/follow',
      summary: 'Follow what a search finds (server-sent events)',
    })
    .input(one)
    .output(eventIterator(FootageHitPush)),
  /**
   * One search runs at a time; others wait. INVALID for a span that is empty or longer than 31 days; NOT_FOUND for a camera; TOO_MANY
   * where eight wait already; UNAVAILABLE (`no-ffmpeg`, `no-model`).
   */
  start: operator
    .route({
      method: 'POST',
      path: '/footage-searches',
      summary: 'Search recorded footage for objects',
      successStatus: 201,
    })
    .input(FootageAsk)
    .output(FootageSearch),
  /** What was found stays. */
  cancel: operator.route({ method: 'POST', path: '/footage-searches/{id}/cancel' }).input(one).output(FootageSearch),
  /** With all that it found; one that runs ends. */
  remove: operator.route({ method: 'DELETE', path: '/footage-searches/{id}' }).input(one).output(none),
  /** Marks the moment of what was found. CONFLICT (`what: 'bookmark'`) where that was done. */
  keep: operator
    .route({ method: 'POST', path: '/footage-searches/{id}/hits/{hitId}/bookmark', successStatus: 201 })
    .input(one.extend({ hitId: num(FootageHitId) }).extend(Bookmark.pick({ name: true, note: true }).shape))
    .output(FootageHit),
};
