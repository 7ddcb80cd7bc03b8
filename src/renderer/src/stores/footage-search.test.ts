import { expect, it } from 'vitest';
import { FootageAsk, type FootageHit, type FootageSearch } from '#domain/footage-search.ts';
import { CameraId, FootageSearchId } from '#domain/id.ts';
import { takeHitPush, takeSearchPush } from './footage-search.ts';

const camera = CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZA');
const search = (n: number, doneMs = 0): FootageSearch => ({
  ...{ id: FootageSearchId.parse(`01HZZZZZZZZZZZZZZZZZZZZZZ${String(n)}`), by: 'ana', createdMs: n, state: 'running' },
  ask: FootageAsk.parse({ cameras: [{ id: camera }], fromMs: 0, toMs: 9, classes: ['person'] }),
  ...{ why: null, resumed: false, cameraId: null, totalMs: 9, doneMs, looked: 0, hits: 0, speed: null, leftMs: null },
  ...{ spentMs: 0, endedMs: null, leftOut: [] },
});
const hit = (id: number, score = 0.5): FootageHit => ({
  ...{ id, cameraId: camera, class: 'person', score, fromMs: 0, toMs: 1, bestMs: 0, stream: 'sub' },
  ...{ box: { x: 0, y: 0, width: 1, height: 1 }, hasPicture: true, bookmarkId: null },
});

it('takes searches as they come, change and go, the newest first', () => {
  let known = takeSearchPush({ list: [], loaded: false }, { type: 'all', searches: [search(2), search(1)] });
  known = takeSearchPush(known, { type: 'search', search: search(3) });
  known = takeSearchPush(known, { type: 'search', search: search(1, 5) });
  expect(known.list.map((s) => [s.createdMs, s.doneMs])).toEqual([
    [3, 0],
    [2, 0],
    [1, 5],
  ]);
  known = takeSearchPush(known, { type: 'removed', id: search(2).id });
  expect([known.list.map((s) => s.createdMs), known.loaded]).toEqual([[3, 1], true]);
});

it('takes what was found in its order, each once', () => {
  let hits = takeHitPush([], { type: 'all', hits: [hit(1)] });
  hits = takeHitPush(hits, { type: 'changed', hits: [hit(3), hit(2), hit(1, 0.9)] });
  expect(hits.map((h) => [h.id, h.score])).toEqual([
    [1, 0.9],
    [2, 0.5],
    [3, 0.5],
  ]);
});
