import { expect, it } from 'vitest';
import type { Detection } from '../detection.ts';
import {
  footageHits,
  noFootageHits,
  type FootageHits,
  type FootageOutput,
  type FootagePicture,
} from './footage-hits.ts';

const person = (x: number, score = 0.8, height = 0.4): Detection => ({
  class: 'person',
  score,
  box: { x: x - 0.05, y: 0.5, width: 0.1, height },
});
const left = [
  { x: 0, y: 0 },
  { x: 0.5, y: 0 },
  { x: 0.5, y: 1 },
  { x: 0, y: 1 },
];

function play(pictures: readonly (Pick<FootagePicture, 'atMs' | 'detections'> & { area?: FootagePicture['area'] })[]) {
  let state: FootageHits = noFootageHits;
  return pictures.map((p) => {
    const [next, outputs] = footageHits(state, { area: null, ...p, aspect: 16 / 9, minScore: 0.5 });
    state = next;
    return outputs;
  });
}
const finds = (all: FootageOutput[][]) => all.flat().flatMap((o) => (o.is === 'found' ? [o.find] : []));

it('tells one who walks through as one, with the picture that shows him best', () => {
  const all = play([
    { atMs: 1_000, detections: [person(0.2, 0.7)] },
    { atMs: 2_000, detections: [person(0.3, 0.95)] },
    { atMs: 3_000, detections: [person(0.4, 0.7)] },
  ]);
  expect(new Set(finds(all).map((f) => f.key)).size).toBe(1);
  expect(finds(all).at(-1)).toMatchObject({ fromMs: 1_000, toMs: 3_000, bestMs: 2_000, score: 0.95, class: 'person' });
  expect(all.map((o) => (o[0]?.is === 'found' ? o[0].best : null))).toEqual([true, true, false]);
});

it('begins where he comes into the area, and knows nothing of who never does', () => {
  const all = play([
    { atMs: 1_000, area: left, detections: [person(0.8)] },
    { atMs: 2_000, area: left, detections: [person(0.65)] },
    { atMs: 3_000, area: left, detections: [person(0.48)] },
    { atMs: 4_000, area: left, detections: [person(0.35)] },
  ]);
  expect(all.slice(0, 2)).toEqual([[], []]);
  expect(finds(all).at(-1)).toMatchObject({ fromMs: 3_000, toMs: 4_000 });
});

it('takes what comes after a long pause for somebody else, and numbers go on', () => {
  const all = play([
    { atMs: 1_000, detections: [person(0.3)] },
    { atMs: 60_000, detections: [person(0.3)] },
  ]);
  const [first, second] = finds(all);
  expect(second?.key).toBeGreaterThan(first?.key ?? 0);
  expect(all[1]?.[0]).toEqual({ is: 'over', key: first?.key });
  expect(second).toMatchObject({ fromMs: 60_000 });
});

it('says when one is over', () => {
  const all = play([
    { atMs: 1_000, detections: [person(0.5)] },
    ...[4_000, 8_000, 12_000, 15_000].map((atMs) => ({ atMs, detections: [] })),
  ]);
  expect(all.flat().filter((o) => o.is === 'over')).toHaveLength(1);
});
