import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Polygon, type Point } from '#domain/place.ts';
import {
  addCorner,
  lineFault,
  moveAll,
  moveCorner,
  nearest,
  nearestEdge,
  rectangleAt,
  removeCorner,
  snap,
  zoneFault,
} from './edit-shape.ts';

const part = fc.integer({ min: 0, max: 10_000 }).map((n) => n / 10_000);
const point = fc.record({ x: part, y: part });
const anywhere = fc.record({
  x: fc.double({ min: -3, max: 3, noNaN: true }),
  y: fc.double({ min: -3, max: 3, noNaN: true }),
});
const points = fc.array(point, { minLength: 3, maxLength: 32 });
const reach = { x: 0.02, y: 0.03 };
const isWithin = (all: readonly Point[]): boolean => all.every((p) => p.x >= 0 && p.x <= 1 && p.y >= 0 && p.y <= 1);

describe('corners', () => {
  it('stay in the picture wherever they are dragged, and only one of them moves', () => {
    fc.assert(
      fc.property(points, fc.nat(31), anywhere, (all, at, to) => {
        const corner = at % all.length;
        const moved = moveCorner(all, corner, to);
        expect(isWithin(moved)).toBe(true);
        moved.forEach((p, i) => {
          if (i !== corner) expect(p).toEqual(all[i]);
        });
      }),
    );
  });
  it('are added between two others and taken away again, from 3 to 32 of them', () => {
    fc.assert(
      fc.property(points, fc.nat(31), (all, at) => {
        const after = at % all.length;
        const more = addCorner(all, after);
        if (all.length === 32) expect(more).toBeNull();
        else {
          expect(more?.length).toBe(all.length + 1);
          expect(removeCorner(more ?? [], after + 1)).toEqual(all);
        }
        expect(removeCorner(all, after)?.length ?? 3).toBe(Math.max(3, all.length - 1));
      }),
    );
  });
  it('are found by the one that is nearest, and not from afar', () => {
    fc.assert(
      fc.property(points, point, (all, p) => {
        const far = (q: Point): number => Math.hypot((q.x - p.x) / reach.x, (q.y - p.y) / reach.y);
        const found = nearest(all, p, reach);
        const least = Math.min(...all.map(far));
        if (found === null) expect(least).toBeGreaterThan(1);
        else expect(far(all[found] as Point)).toBeCloseTo(least, 9);
      }),
    );
  });
});

describe('a whole shape', () => {
  it('keeps its form, stays in the picture, and comes back the way it went', () => {
    fc.assert(
      fc.property(points, anywhere, (all, by) => {
        const moved = moveAll(all, by);
        expect(isWithin(moved)).toBe(true);
        const [dx, dy] = [(moved[0]?.x ?? 0) - (all[0]?.x ?? 0), (moved[0]?.y ?? 0) - (all[0]?.y ?? 0)];
        moved.forEach((p, i) => {
          expect(p.x - (all[i]?.x ?? 0)).toBeCloseTo(dx, 9);
          expect(p.y - (all[i]?.y ?? 0)).toBeCloseTo(dy, 9);
        });
        expect(moveAll(moved, { x: -dx, y: -dy })).toEqual(all);
      }),
    );
  });
  it('is found at its edge, the closing one of a zone alone', () => {
    const square = rectangleAt({ x: 0.5, y: 0.5 }, 0.4, 0.4);
    expect(nearestEdge(square, { x: 0.5, y: 0.31 }, reach, true)).toBe(0);
    expect(nearestEdge(square, { x: 0.3, y: 0.5 }, reach, true)).toBe(3);
    expect(nearestEdge(square, { x: 0.3, y: 0.5 }, reach, false)).toBeNull();
    expect(nearestEdge(square, { x: 0.5, y: 0.5 }, reach, true)).toBeNull();
  });
  it('that is not drawn by hand is a zone that the station takes, wherever it is put', () => {
    fc.assert(
      fc.property(anywhere, (at) => {
        const drawn = rectangleAt(at, 0.4, 0.3);
        expect(isWithin(drawn)).toBe(true);
        expect(Polygon.safeParse(drawn).success).toBe(true);
      }),
    );
  });
});

describe('snapping', () => {
  it('goes to a near corner, else to edges of the picture and in line with neighbours, and never further than its reach', () => {
    expect(snap({ x: 0.41, y: 0.4 }, [{ x: 0.4, y: 0.41 }], [], reach)).toEqual({ x: 0.4, y: 0.41 });
    expect(snap({ x: 0.01, y: 0.5 }, [], [], reach)).toEqual({ x: 0, y: 0.5 });
    expect(snap({ x: 0.5, y: 0.62 }, [], [{ x: 0.1, y: 0.6 }], reach)).toEqual({ x: 0.5, y: 0.6 });
    fc.assert(
      fc.property(point, points, points, (p, corners, beside) => {
        const to = snap(p, corners, beside, reach);
        expect(isWithin([to])).toBe(true);
        expect(Math.abs(to.x - p.x)).toBeLessThanOrEqual(reach.x + 1e-9);
        expect(Math.abs(to.y - p.y)).toBeLessThanOrEqual(reach.y + 1e-9);
      }),
    );
  });
});

it('says what is wrong with a shape exactly where the station would refuse it', () => {
  fc.assert(
    fc.property(fc.array(point, { maxLength: 8 }), (all) => {
      expect(zoneFault(all) === null).toBe(Polygon.safeParse(all).success);
    }),
    { numRuns: 500 },
  );
  const [a, b, c, d] = rectangleAt({ x: 0.5, y: 0.5 }, 0.4, 0.4) as [Point, Point, Point, Point];
  expect(zoneFault([a, b])).toBe('corners');
  expect(zoneFault([a, c, b, d])).toBe('crosses');
  expect(lineFault(a, { x: a.x + 0.004, y: a.y })).toBe('short');
  expect(lineFault(a, b)).toBeNull();
});
