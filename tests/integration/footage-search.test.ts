/** Searching recorded footage for people: real footage, decoded, looked at by the model that comes with Vigie, and told. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Caller } from '#contract/call.ts';
import { FootageAsk, isOver, type FootageHit } from '#domain/footage-search.ts';
import { UserId, type CameraId, type FootageSearchId } from '#domain/id.ts';
import { ZoneDraft } from '#domain/watch-zone.ts';
import { systemClock } from '#lib/clock.ts';
import { createUlids } from '#lib/ulid.ts';
import { jpegSize } from '#media/jpeg.ts';
import { noFfmpeg } from '../support/grey.ts';
import { builtIn, hasMedia } from '../support/media.ts';
import { until } from '../support/until.ts';
import { makeVisitsClip, visits, visitsSeconds } from '../support/visits-clip.ts';
import { openEngine } from './engine-rig.ts';
import { oldFootageRig } from './old-footage-rig.ts';

const ana: Caller = {
  ...{ userId: UserId.parse(createUlids(() => systemClock.nowMs())()), name: 'ana', role: 'operator' },
  ...{ local: false, sessionId: 'one' },
};
const everywhere = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];
const corner = [
  { x: 0, y: 0 },
  { x: 0.12, y: 0 },
  { x: 0.12, y: 0.12 },
];

describe.skipIf(noFfmpeg || !hasMedia)('a search of recorded footage', () => {
  const rig = oldFootageRig({ camera: 'Gate', makeClip: makeVisitsClip, model: () => builtIn('ssd-mobilenet-v2') });
  async function footage(seconds: number) {
    const station = await rig.footage(seconds);
    const { startMs, id } = station;
    const ask = (over: Partial<FootageAsk> = {}): FootageAsk => ({
      ...FootageAsk.parse({
        ...{ cameras: [{ id }], fromMs: startMs, toMs: startMs + seconds * 1_000, classes: ['person'] },
      }),
      ...over,
    });
    return { ...station, ask };
  }
  type Engine = Awaited<ReturnType<typeof rig.open>>['engine'];
  const ended = (engine: Engine, id: FootageSearchId) =>
    until(
      'the end of the search',
      () => engine.footageSearch.list().find((s) => s.id === id && isOver(s.state)),
      240_000,
    );

  it('finds each visit, tells it as it comes, with a picture, and makes a bookmark of it', async () => {
    const { engine, startMs, ask, id: cameraId } = await footage(visitsSeconds);
    const { id } = engine.footageSearch.begin(ask(), ana);
    const told = new Map<number, FootageHit>();
    const ending = new AbortController();
    const following = (async () => {
      for await (const { value } of engine.footageSearch.watchHits(id, ending.signal))
        for (const hit of value.hits) told.set(hit.id, hit);
    })();
    const search = await ended(engine, id);
    expect(search).toMatchObject({ state: 'done', why: null, by: 'ana', resumed: false, leftOut: [] });
    expect(search.doneMs).toBe(search.totalMs);
    expect(Math.abs(search.totalMs - visitsSeconds * 1_000)).toBeLessThan(2_000);
    expect(search.looked).toBeGreaterThan(visitsSeconds - 5);
    expect(search.speed).toBeGreaterThan(1);
    const hits = engine.footageSearch.hits(id);
    expect(hits.length).toBe(search.hits);
    const at = (ms: number): number => (ms - startMs) / 1_000;
    for (const [from, to] of visits)
      expect(
        hits.some((h) => at(h.fromMs) < to && at(h.toMs) > from),
        `a visit at ${from} s`,
      ).toBe(true);
    for (const h of hits)
      expect(
        visits.some(([from, to]) => at(h.fromMs) < to + 1 && at(h.toMs) > from - 1),
        `nobody is there at ${at(h.fromMs)} s`,
      ).toBe(true);
    expect(hits.length).toBeLessThan(3 * visits.length);
    await until('all was told', () => hits.every((h) => told.get(h.id)?.hasPicture === true));
    ending.abort();
    await following;
    const [first] = hits;
    if (first === undefined) throw new Error('nothing was found');
    expect(first).toMatchObject({ class: 'person', cameraId, stream: 'main', bookmarkId: null });
    expect(first.bestMs).toBeGreaterThanOrEqual(first.fromMs);
    expect(first.bestMs).toBeLessThanOrEqual(first.toMs);
    expect(jpegSize(engine.footageSearch.picture(id, first.id) as Uint8Array)).toEqual({ width: 640, height: 360 });

    const kept = engine.footageSearch.keep(id, first.id, { name: 'Who is it?', note: '' }, ana);
    const { bookmarks } = engine.bookmarks.list({
      ...{ cameraIds: [cameraId], fromMs: null, toMs: null },
      before: null,
      limit: 9,
    });
    expect(bookmarks).toMatchObject([
      { id: kept.bookmarkId, atMs: first.bestMs, name: 'Who is it?', createdBy: 'ana' },
    ]);
    expect(() => engine.footageSearch.keep(id, first.id, { name: 'x', note: '' }, ana)).toThrow(/already/);

    // Pictures go with the footage of their time; what was found stays, like an event.
    engine.retention.erase(
      { cameraIds: [cameraId], stream: null, fromMs: startMs - 1, toMs: startMs + 1_000_000, why: 'x' },
      ana,
    );
    await until('the pictures are gone', () => engine.footageSearch.hits(id).every((h) => !h.hasPicture));
    expect(engine.footageSearch.picture(id, first.id)).toBeNull();
    engine.footageSearch.remove(id);
    expect(engine.footageSearch.list()).toEqual([]);
    expect(() => engine.footageSearch.hits(id)).toThrow(/no such search/);
  }, 420_000);

  it('looks only in the area, never where nobody is to look, and says what it could not read', async () => {
    const { engine, ask, id: cameraId, files, folder, startMs } = await footage(visitsSeconds);
    // Up to the end of the second visit: somebody is there for most of it.
    const two = { toMs: startMs + 45_000 };
    const away = engine.footageSearch.begin(ask({ ...two, cameras: [{ id: cameraId, area: corner }] }), ana);
    expect(await ended(engine, away.id)).toMatchObject({ state: 'done', hits: 0 });
    engine.watchRules.addZone(cameraId, ZoneDraft.parse({ kind: 'privacy', name: 'All', points: everywhere }));
    const hidden = engine.footageSearch.begin(ask(two), ana);
    const black = await ended(engine, hidden.id);
    expect(black).toMatchObject({ state: 'done', hits: 0 });
    expect(black.looked).toBeGreaterThan(40);
    const day = join(files.root, 'gate');
    const names = readdirSync(day, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mp4'));
    expect(names.length).toBeGreaterThan(1);
    rmSync(join(day, names.sort()[0] ?? ''));
    const torn = engine.footageSearch.begin(ask({ fromMs: ask().fromMs }), ana);
    const told = await ended(engine, torn.id);
    expect(told.state).toBe('done');
    expect(told.leftOut).toMatchObject([{ why: 'unreadable' }]);
    expect(told.leftOut[0]?.ms).toBeGreaterThan(30_000);
    // What is found lies sealed.
    expect(readFileSync(join(folder.path, 'footage-searches.db')).includes('JFIF')).toBe(false);
  }, 420_000);

  it('goes on after a restart where it was, one after the other, and ends when it is cancelled', async () => {
    const rounds = 2;
    const { engine, ask, close, folder, startMs } = await footage(rounds * visitsSeconds);
    const { id } = engine.footageSearch.begin(ask(), ana);
    const second = engine.footageSearch.begin(ask(), ana);
    expect(second.state).toBe('waiting');
    const pushes: string[] = [];
    const ending = new AbortController();
    const following = (async () => {
      for await (const { value } of engine.footageSearch.watch(ending.signal)) pushes.push(value.type);
    })();
    const of = (e: Engine, which: FootageSearchId) => e.footageSearch.list().find((s) => s.id === which);
    await until('a part is done', () => (of(engine, id)?.doneMs ?? 0) > visitsSeconds * 500, 120_000);
    expect(engine.footageSearch.cancel(second.id)).toMatchObject({ state: 'cancelled' });
    ending.abort();
    await following;
    expect(pushes[0]).toBe('all');
    expect(pushes).toContain('search');
    const before = performance.now();
    await close();
    expect(performance.now() - before).toBeLessThan(5_000);
    const again = await rig.open(folder.path);
    const search = await ended(again.engine, id);
    expect(search).toMatchObject({ state: 'done', resumed: true });
    expect(search.doneMs).toBe(search.totalMs);
    const hits = again.engine.footageSearch.hits(id);
    for (let round = 0; round < rounds; round += 1)
      for (const [from, to] of visits) {
        const [a, b] = [from + round * visitsSeconds, to + round * visitsSeconds].map((s) => startMs + s * 1_000);
        expect(hits.some((h) => h.fromMs < (b ?? 0) && h.toMs > (a ?? 0))).toBe(true);
      }
    expect(of(again.engine, second.id)?.state).toBe('cancelled');
    expect(new Set(hits.map((h) => h.fromMs)).size).toBe(hits.length); // nothing twice
  }, 480_000);

  it('refuses what it cannot do', async () => {
    const { engine, ask } = await footage(10);
    const refused = (over: Partial<FootageAsk>) => () => engine.footageSearch.begin(ask(over), ana);
    expect(refused({ toMs: ask().fromMs })).toThrow(/31 days/);
    expect(refused({ cameras: [{ id: ana.userId as unknown as CameraId, area: null }] })).toThrow(/no such camera/);
    const { engine: bare, close } = await openEngine(rig.folder().path);
    rig.ends(close);
    expect(() => bare.footageSearch.begin(ask(), ana)).toThrow(/no such camera/);
  });
});
