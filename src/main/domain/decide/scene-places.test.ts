import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box } from '../place.ts';
import { Track, type TrackId } from '../track.ts';
import type { Followed } from './tracked.ts';
import { freshPlaces, hasLeft, leftBy, stayed, stepPlaces, type PlacesState } from './scene-places.ts';

const t0 = 1_000_000;
const at = (x: number, y = 0.4, width = 0.1, height = 0.3): Box => ({ x, y, width, height });
const seen = (box: Box, i: number, blindMs = 0): Followed => ({
  ...Track.parse({ id: 1, class: 'car', score: 0.8, state: 'moving', box, sinceMs: t0, lastMs: t0 + i * 1_000 }),
  ...{ lookedMs: t0 + i * 1_000, blindMs },
});
const id = 1 as TrackId;
/** A look a second. */
function walk(boxes: readonly Box[]): PlacesState {
  let state = freshPlaces;
  boxes.forEach((box, i) => (state = stepPlaces(state, [seen(box, i)], t0 + i * 1_000)));
  return state;
}

describe('the place of what is followed', () => {
  it('is kept by a box that trembles, however long', () => {
    const tremble = fc.record({
      dx: fc.double({ min: -0.02, max: 0.02, noNaN: true }),
      dy: fc.double({ min: -0.05, max: 0.05, noNaN: true }),
      size: fc.double({ min: 0.85, max: 1.15, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(tremble, { minLength: 1, maxLength: 60 }), (all) => {
        const state = walk([at(0.4), ...all.map((t) => at(0.4 + t.dx, 0.4 + t.dy, 0.1 * t.size, 0.3 * t.size))]);
        expect([hasLeft(state, id), stayed(state, id, true)]).toEqual([false, true]);
      }),
    );
  });

  it('is left by who goes on, whichever way and how fast, and never had again', () => {
    const way = fc.record({
      angle: fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }),
      step: fc.double({ min: 0.02, max: 0.08, noNaN: true }),
    });
    fc.assert(
      fc.property(way, ({ angle, step }) => {
        const out = Array.from({ length: 20 }, (_, i) => i * step);
        const box = (d: number): Box => {
          const [x, y] = [0.45 + d * Math.cos(angle) * 0.35, 0.35 + d * Math.sin(angle) * 0.35];
          return at(Math.min(0.9, Math.max(0, x)), Math.min(0.7, Math.max(0, y)));
        };
        const gone = walk([...out, ...[...out].reverse()].map(box));
        expect([hasLeft(gone, id), stayed(gone, id, false), stayed(gone, id, true)]).toEqual([true, false, false]);
      }),
    );
  });

  it('is not left with one look that is a little off, but at once with one that is elsewhere', () => {
    const off = at(0.46);
    expect(leftBy([at(0.4), off, at(0.4), off, at(0.4)])).toEqual([false, false, false, false, false]);
    expect(leftBy([at(0.4), off, off, at(0.4)])).toEqual([false, false, true, true]);
    expect(leftBy([at(0.4), at(0.6), at(0.4)])).toEqual([false, true, true]);
    expect(leftBy([])).toEqual([]);
  });

  it('is known to be kept after a while, or when it is over; nothing is known of others', () => {
    const box = at(0.4);
    const short = walk([box, box, box]);
    expect([stayed(short, id, false), stayed(short, id, true)]).toEqual([null, true]);
    expect(stayed(walk(Array.from({ length: 9 }, () => box)), id, false)).toBe(true);
    // Of two looks a minute apart nobody can say so.
    const apart = stepPlaces(short, [seen(box, 62, 60_000)], t0 + 62_000);
    expect([stayed(apart, id, false), stayed(apart, id, true)]).toEqual([null, true]);
    expect([stayed(short, 2 as TrackId, true), hasLeft(short, 2 as TrackId)]).toEqual([null, false]);
    // Who is not followed any more is forgotten.
    expect(stepPlaces(short, [], t0 + 9_000)).toEqual([]);
  });
});
