import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FootageAsk, type FootageHit, type FootageSearch } from '#domain/footage-search.ts';
import { CameraId, FootageSearchId } from '#domain/id.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { openFootageStore } from './index.ts';

const ids = createUlids(() => systemClock.nowMs());
const [gate, yard] = [CameraId.parse(ids()), CameraId.parse(ids())];
const key = new Uint8Array(32).fill(7);
let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-footage-'));
  path = join(dir, 'footage-searches.db');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const search = (): FootageSearch => ({
  ...{ id: FootageSearchId.parse(ids()), by: 'ana', createdMs: 5, state: 'running', why: null, resumed: false },
  ask: FootageAsk.parse({ cameras: [{ id: gate }, { id: yard }], fromMs: 0, toMs: 100_000, classes: ['person'] }),
  ...{ cameraId: gate, totalMs: 100, doneMs: 10, looked: 1, hits: 2, speed: 3, leftMs: 4, spentMs: 5, endedMs: null },
  leftOut: [{ why: 'locked', ms: 9 }],
});
const hit = (id: number, cameraId: CameraId, fromMs: number): FootageHit => ({
  ...{ id, cameraId, class: 'person', score: 0.9, fromMs, toMs: fromMs + 1_000, bestMs: fromMs + 500 },
  ...{ box: { x: 0, y: 0, width: 0.1, height: 0.2 }, stream: 'sub', hasPicture: false, bookmarkId: null },
});
const jpeg = Buffer.from('a picture of somebody');

it('keeps searches, what they found, and pictures that nobody can read in the file', () => {
  let store = openFootageStore(path, key, quietLog);
  const [first, second] = [search(), search()];
  store.put({ search: first, cursor: { camera: 0, atMs: 0 } });
  store.put({ search: second, cursor: { camera: 0, atMs: 0 } });
  store.put({ search: { ...first, doneMs: 50 }, cursor: { camera: 1, atMs: 7 } });
  store.putHit(first.id, hit(1, gate, 1_000), jpeg);
  store.putHit(first.id, { ...hit(1, gate, 1_000), score: 0.95 }, null); // its picture stays
  store.putHit(first.id, hit(2, yard, 2_000), null);
  store.close();
  expect(readFileSync(path).includes(jpeg)).toBe(false);
  store = openFootageStore(path, key, quietLog);
  expect(store.searches().map((s) => [s.search.id, s.search.doneMs, s.cursor.camera])).toEqual([
    [second.id, 10, 0],
    [first.id, 50, 1],
  ]);
  expect(store.hits(first.id)).toEqual([
    { ...hit(1, gate, 1_000), score: 0.95, hasPicture: true },
    hit(2, yard, 2_000),
  ]);
  expect(store.hit(first.id, 2)).toEqual(hit(2, yard, 2_000));
  expect(store.hit(first.id, 3)).toBeNull();
  expect(store.picture(first.id, 1)).toEqual(jpeg);
  expect(store.picture(first.id, 2)).toBeNull();
  store.remove(first.id);
  expect([store.hits(first.id), store.picture(first.id, 1)]).toEqual([[], null]);
  store.close();
});

it('lets pictures go with their footage, and what is looked for anew', () => {
  const store = openFootageStore(path, key, quietLog);
  const mine = search();
  store.put({ search: mine, cursor: { camera: 0, atMs: 0 } });
  store.putHit(mine.id, hit(1, gate, 1_000), jpeg);
  store.putHit(mine.id, hit(2, yard, 1_000), jpeg);
  store.putHit(mine.id, hit(3, gate, 9_000), jpeg);
  expect(store.bare(gate, 1_500, 1_501)).toEqual([mine.id]);
  expect(store.bare(gate, 1_500, 1_501)).toEqual([]);
  expect(store.hits(mine.id).map((h) => h.hasPicture)).toEqual([false, true, true]);
  expect(store.bare(null, 0, 2_000)).toEqual([mine.id]);
  expect(store.hits(mine.id).map((h) => h.hasPicture)).toEqual([false, false, true]);
  store.removeFrom(mine.id, gate, 9_000);
  expect(store.hits(mine.id).map((h) => h.id)).toEqual([1, 2]);
  store.close();
});

it('is set aside where it cannot be read, or was sealed with another key', () => {
  writeFileSync(path, 'no database at all, but long enough to be looked at');
  openFootageStore(path, key, quietLog).close();
  expect(existsSync(`${path}.unreadable`)).toBe(true);
  const store = openFootageStore(path, new Uint8Array(32).fill(8), quietLog);
  expect(store.searches()).toEqual([]);
  store.close();
});
