import type { Answers } from '#contract/call.ts';
import type { FootageSearches } from '../footage-room.ts';
import { callerOf } from './caller.ts';

export function footageSearchAnswers(searches: FootageSearches): Answers<'footageSearch'> {
  return {
    list: async () => searches.list(),
    watch: (_, call) => searches.watch(call.signal),
    hits: async ({ id }) => searches.hits(id),
    watchHits: ({ id }, call) => searches.watchHits(id, call.signal),
    start: async (ask, call) => searches.begin(ask, callerOf(call)),
    cancel: async ({ id }) => searches.cancel(id),
    remove: async ({ id }) => {
      searches.remove(id);
      return {};
    },
    keep: async ({ id, hitId, ...said }, call) => searches.keep(id, hitId, said, callerOf(call)),
  };
}
