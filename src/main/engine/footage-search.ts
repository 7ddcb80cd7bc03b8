/**
 * Searches of recorded footage: one runs at a time, others wait; they go on when nobody looks and after a restart, and are kept with what
 * they found until they are deleted or too many. What the contract's `footageSearch` says.
 */
import { AppError, invalid } from '#contract/error.ts';
import {
  isOver,
  longestFootageSearchMs,
  mostKeptSearches,
  mostWaitingSearches,
  type FootageAsk,
  type FootageSearch,
  type FootageSearchWhy,
} from '#domain/footage-search.ts';
import { FootageSearchId, type CameraId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createFootageFollowers } from './footage-followers.ts';
import type { FootageCursor, FootageStore, StoredSearch } from './footage-port.ts';
import type { FootageSearches } from './footage-room.ts';
import { runFootage, type FootageEars, type FootageRunDeps } from './footage-run.ts';
import { createFootagePace, type FootagePace } from './footage-pace.ts';
import type { Bookmarks } from './retention-rooms.ts';

const tellMs = 500;

export type FootageSearchRoom = FootageSearches & {
  start(): void;
  /** What runs goes on after the next start. */
  stop(): Promise<void>;
  /** Footage of this span is gone, of one camera or of all (null): so are pictures of what was found. */
  forget(cameraId: CameraId | null, fromMs: number, toMs: number): void;
};

type Running = { id: FootageSearchId; abort: AbortController; ended: Promise<void>; pace: FootagePace };

export function createFootageSearches(
  deps: FootageRunDeps & {
    clock: Clock;
    log: Log;
    newId: () => string;
    store: FootageStore;
    ffmpeg: { found: unknown };
    bookmarks: () => Pick<Bookmarks, 'add'>;
  },
): FootageSearchRoom {
  const { clock, log, store } = deps;
  const searches = new Map<FootageSearchId, StoredSearch>();
  for (const stored of store.searches().toReversed()) searches.set(stored.search.id, stored);
  const followers = createFootageFollowers({ list: () => list(), hits: (id) => store.hits(id) });
  let running: Running | null = null;
  let stopped = true;
  let timer: ReturnType<typeof setInterval> | null = null;

  const list = (): FootageSearch[] => [...searches.values()].map((s) => s.search).toReversed();
  const need = (id: FootageSearchId): StoredSearch => {
    const found = searches.get(id);
    if (found === undefined) throw new AppError('NOT_FOUND', 'There is no such search. It may have been deleted.');
    return found;
  };
  const set = (id: FootageSearchId, change: Partial<FootageSearch>, cursor?: FootageCursor): FootageSearch => {
    const was = need(id);
    const now: StoredSearch = { search: { ...was.search, ...change }, cursor: cursor ?? was.cursor };
    searches.set(id, now);
    followers.changed(id);
    return now.search;
  };
  const save = (id: FootageSearchId): void => {
    const stored = searches.get(id);
    if (stored !== undefined) store.put(stored);
  };

  const over = (id: FootageSearchId, state: FootageSearch['state'], why: FootageSearchWhy | null): void => {
    const { search } = need(id);
    const speed = search.spentMs > 0 ? search.doneMs / search.spentMs : null;
    set(id, { ...{ state, why, speed }, cameraId: null, leftMs: null, endedMs: clock.nowMs() });
    save(id);
    trim();
  };
  /** Of searches that ended the oldest go. */
  const trim = (): void => {
    for (const { search } of [...searches.values()]) {
      if (searches.size <= mostKeptSearches) return;
      if (isOver(search.state)) drop(search.id);
    }
  };
  const drop = (id: FootageSearchId): void => {
    searches.delete(id);
    store.remove(id);
    followers.removed(id);
  };

  const earsOf = (id: FootageSearchId, pace: FootagePace, broke: (error: unknown) => void): FootageEars => ({
    total: (totalMs) => void set(id, { totalMs }),
    camera: (cameraId) => void set(id, { cameraId }),
    passed(ms, cursor) {
      const { search } = need(id);
      const doneMs = Math.min(search.totalMs, search.doneMs + ms);
      pace.passed(ms);
      set(id, { doneMs }, cursor);
    },
    looked: () => void set(id, { looked: need(id).search.looked + 1 }),
    leftOut(why, ms) {
      const { leftOut } = need(id).search;
      const before = leftOut.find((l) => l.why === why)?.ms ?? 0;
      set(id, { leftOut: [...leftOut.filter((l) => l.why !== why), { why, ms: before + ms }] });
    },
    paused(is) {
      pace.paused(is);
      set(id, { state: is ? 'paused' : 'running' });
    },
    hit(hit, jpeg) {
      try {
        // One that was deleted keeps nothing.
        const { search } = need(id);
        store.putHit(id, { ...hit, bookmarkId: store.hit(id, hit.id)?.bookmarkId ?? null }, jpeg);
        set(id, { hits: Math.max(search.hits, hit.id) });
        followers.hit(id, hit.id);
      } catch (error) {
        broke(error);
      }
    },
  });
  /** Figures of the one that runs. */
  const measure = ({ id, pace }: Running): void => {
    const { search } = need(id);
    if (isOver(search.state)) return;
    const speed = pace.speed();
    const leftMs = speed === null || speed === 0 ? null : (search.totalMs - search.doneMs) / speed;
    set(id, { speed, leftMs, spentMs: search.spentMs + pace.takeSpent() });
  };

  const run = async (id: FootageSearchId, abort: AbortController, pace: FootagePace): Promise<void> => {
    const { search, cursor } = need(id);
    let broken: string | null = null;
    const ears = earsOf(id, pace, (error) => {
      broken ??= String(error);
      abort.abort();
    });
    const at = { cursor, hits: search.hits, fresh: !search.resumed };
    let why: FootageSearchWhy | null = null;
    try {
      why = await runFootage(deps, search.ask, at, ears, abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) broken = String(error);
    }
    if (!searches.has(id)) return;
    if (running !== null) measure(running);
    if (broken !== null) {
      log.error('a search of recorded footage failed', { error: broken });
      over(id, 'failed', 'index');
    } else if (abort.signal.aborted) {
      // Cancelled, which has been said; or the station stops, and it goes on later.
      if (!isOver(need(id).search.state)) save(id);
    } else if (why === null || why === 'full') over(id, 'done', why);
    else over(id, 'failed', why);
  };

  const next = (): void => {
    if (stopped || running !== null) return;
    const waiting = [...searches.values()].find((s) => s.search.state === 'waiting');
    if (waiting === undefined) {
      void deps.decoder.rest();
      return;
    }
    const { id } = waiting.search;
    const abort = new AbortController();
    const pace = createFootagePace(clock);
    set(id, { state: 'running' });
    running = { id, abort, pace, ended: Promise.resolve() };
    running.ended = run(id, abort, pace)
      .catch((error: unknown) => {
        log.error('a search of recorded footage could not be kept', { error: String(error) });
      })
      .finally(() => {
        running = null;
        next();
      });
    save(id);
  };

  return {
    list,
    watch: (signal) => followers.watch(signal),
    hits(id) {
      need(id);
      return store.hits(id);
    },
    watchHits(id, signal) {
      need(id);
      return followers.watchHits(id, signal);
    },
    begin(asked, caller) {
      const now = clock.nowMs();
      const ask: FootageAsk = { ...asked, toMs: Math.min(asked.toMs, now) };
      if (ask.toMs <= ask.fromMs || ask.toMs - ask.fromMs > longestFootageSearchMs)
        throw invalid('toMs', 'span', 'A search spans 31 days at most, ends after it starts, and starts in the past.', {
          most: longestFootageSearchMs,
        });
      for (const { id } of ask.cameras)
        if (deps.cameras.record(id) === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
      if (deps.ffmpeg.found === null)
        throw new AppError('UNAVAILABLE', 'Searching footage needs ffmpeg, and none was found on this station.', {
          data: { reason: 'no-ffmpeg' },
        });
      if (deps.models().choose('detect', null) === null)
        throw new AppError(
          'UNAVAILABLE',
          'Searching footage needs a model that finds objects. Get one under Analysis.',
          {
            data: { reason: 'no-model' },
          },
        );
      if ([...searches.values()].filter((s) => s.search.state === 'waiting').length >= mostWaitingSearches)
        throw new AppError('TOO_MANY', 'Too many searches wait already. Cancel one, or wait until one is done.', {
          data: { what: 'searches' },
        });
      const id = FootageSearchId.parse(deps.newId());
      const search: FootageSearch = {
        ...{ id, ask, by: caller.name, createdMs: now, state: 'waiting', why: null, resumed: false, cameraId: null },
        ...{ totalMs: 0, doneMs: 0, looked: 0, hits: 0, speed: null, leftMs: null, spentMs: 0, endedMs: null },
        leftOut: [],
      };
      const stored: StoredSearch = { search, cursor: { camera: 0, atMs: ask.fromMs } };
      store.put(stored);
      searches.set(id, stored);
      followers.changed(id);
      trim();
      log.info('a search of recorded footage was asked for', { by: caller.name, cameras: ask.cameras.length });
      next();
      return need(id).search;
    },
    cancel(id) {
      const { search } = need(id);
      if (isOver(search.state)) return search;
      over(id, 'cancelled', null);
      if (running?.id === id) running.abort.abort();
      return searches.get(id)?.search ?? search;
    },
    remove(id) {
      need(id);
      if (running?.id === id) running.abort.abort();
      drop(id);
    },
    keep(id, hitId, { name, note }, caller) {
      need(id);
      const hit = store.hit(id, hitId);
      if (hit === null) throw new AppError('NOT_FOUND', 'There is nothing like that in this search.');
      if (hit.bookmarkId !== null)
        throw new AppError('CONFLICT', 'There is a bookmark of it already.', { data: { what: 'bookmark' } });
      const bookmark = deps.bookmarks().add({ cameraId: hit.cameraId, atMs: hit.bestMs, name, note }, caller);
      const kept = { ...hit, bookmarkId: bookmark.id };
      store.putHit(id, kept, null);
      followers.hit(id, hitId);
      return kept;
    },
    picture: (id, hit) => store.picture(id, hit),
    start() {
      stopped = false;
      for (const { search, cursor } of [...searches.values()]) {
        if (search.state !== 'running' && search.state !== 'paused') continue;
        const camera = search.ask.cameras[cursor.camera];
        if (camera !== undefined) store.removeFrom(search.id, camera.id, cursor.atMs);
        const hits = Math.max(0, ...store.hits(search.id).map((h) => h.id));
        // One that had not begun to count begins anew.
        set(search.id, { state: 'waiting', resumed: search.totalMs > 0, hits, speed: null, leftMs: null });
      }
      timer = setInterval(() => {
        if (running !== null) {
          measure(running);
          save(running.id);
        }
        followers.ring();
      }, tellMs);
      next();
    },
    async stop() {
      stopped = true;
      if (timer !== null) clearInterval(timer);
      timer = null;
      running?.abort.abort();
      await Promise.all([running?.ended, deps.decoder.rest()]);
      followers.stop();
    },
    forget(cameraId, fromMs, toMs) {
      for (const id of store.bare(cameraId, fromMs, toMs)) followers.allHits(id);
    },
  };
}
