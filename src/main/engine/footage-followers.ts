/** Who follows searches and what they find: each has a list of what is new for it, so that one that is slow misses nothing and holds nothing up. */
import type { Pushed, Signal } from '#contract/call.ts';
import type { FootageHitPush, FootageSearchPush } from '#contract/footage-search.ts';
import type { FootageHit, FootageSearch } from '#domain/footage-search.ts';
import type { FootageSearchId } from '#domain/id.ts';
import { createBell } from './follow.ts';

export type FootageFollowers = {
  /** Told with the next `ring`. */
  changed(id: FootageSearchId): void;
  removed(id: FootageSearchId): void;
  hit(id: FootageSearchId, hit: number): void;
  allHits(id: FootageSearchId): void;
  ring(): void;
  watch(signal: Signal): AsyncIterable<Pushed<FootageSearchPush>>;
  watchHits(id: FootageSearchId, signal: Signal): AsyncIterable<Pushed<FootageHitPush>>;
  stop(): void;
};

export function createFootageFollowers(deps: {
  list: () => FootageSearch[];
  hits: (id: FootageSearchId) => FootageHit[];
}): FootageFollowers {
  type Follower = { fresh: Set<FootageSearchId>; ring: () => void };
  type HitFollower = { of: FootageSearchId; fresh: Set<number>; all: boolean; gone: boolean; ring: () => void };
  const followers = new Set<Follower>();
  const hitFollowers = new Set<HitFollower>();
  let stopped = false;

  const of = (id: FootageSearchId): HitFollower[] => [...hitFollowers].filter((f) => f.of === id);
  return {
    changed(id) {
      for (const follower of followers) follower.fresh.add(id);
    },
    removed(id) {
      for (const follower of followers) follower.fresh.add(id);
      for (const follower of of(id)) follower.gone = true;
    },
    hit(id, hit) {
      for (const follower of of(id)) follower.fresh.add(hit);
    },
    allHits(id) {
      for (const follower of of(id)) follower.all = true;
    },
    ring() {
      for (const follower of followers) if (follower.fresh.size > 0) follower.ring();
      for (const follower of hitFollowers)
        if (follower.fresh.size > 0 || follower.all || follower.gone) follower.ring();
    },
    async *watch(signal) {
      const bell = createBell(signal);
      const mine: Follower = { fresh: new Set(), ring: bell.ring };
      followers.add(mine);
      try {
        yield { value: { type: 'all', searches: deps.list() } };
        while (!stopped && (await bell.next())) {
          const fresh = [...mine.fresh];
          mine.fresh.clear();
          const all = deps.list();
          for (const id of fresh) {
            const search = all.find((s) => s.id === id);
            yield { value: search === undefined ? { type: 'removed', id } : { type: 'search', search } };
          }
        }
      } finally {
        followers.delete(mine);
      }
    },
    async *watchHits(id, signal) {
      const bell = createBell(signal);
      const mine: HitFollower = { of: id, fresh: new Set(), all: false, gone: false, ring: bell.ring };
      hitFollowers.add(mine);
      try {
        yield { value: { type: 'all', hits: deps.hits(id) } };
        while (!stopped && (await bell.next())) {
          if (mine.gone) return;
          const fresh = new Set(mine.fresh);
          const type = mine.all ? 'all' : 'changed';
          mine.fresh.clear();
          mine.all = false;
          const hits = deps.hits(id).filter((h) => type === 'all' || fresh.has(h.id));
          if (hits.length > 0 || type === 'all') yield { value: { type, hits } };
        }
      } finally {
        hitFollowers.delete(mine);
      }
    },
    stop() {
      stopped = true;
      for (const follower of [...followers, ...hitFollowers]) follower.ring();
    },
  };
}
