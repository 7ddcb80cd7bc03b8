import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaOf, Box, crossesItself, crossing, footOf, inside, meet, overlapOf, Polygon, type Point } from './place.ts';

const point = fc.record({
  x: fc.double({ min: 0, max: 1, noNaN: true }),
  y: fc.double({ min: 0, max: 1, noNaN: true }),
});
const square: Point[] = [
  { x: 0.25, y: 0.25 },
  { x: 0.75, y: 0.25 },
  { x: 0.75, y: 0.75 },
  { x: 0.25, y: 0.75 },
];
/** A star-shaped polygon: corners by angle around the middle, so that it never crosses itself. */
const star = fc.array(fc.double({ min: 0.1, max: 0.45, noNaN: true }), { minLength: 5, maxLength: 16 }).map((radii) =>
  radii.map((r, i) => {
    const angle = (2 * Math.PI * i) / radii.length;
    return { x: 0.5 + r * Math.cos(angle), y: 0.5 + r * Math.sin(angle) };
  }),
);

describe('polygons', () => {
  it('takes every star-shaped one and knows its middle from what lies outside', () => {
    fc.assert(
      fc.property(star, (points) => {
        expect(crossesItself(points)).toBe(false);
        expect(Polygon.safeParse(points).success).toBe(true);
        expect(inside(points, { x: 0.5, y: 0.5 })).toBe(true);
        expect(inside(points, { x: 0.99, y: 0.99 })).toBe(false);
      }),
    );
  });
  it('have in them what stands in them, also where the lower edge of the picture cuts it off', () => {
    const low = square.map((p) => ({ x: p.x, y: p.y === 0.75 ? 1 : 0.5 }));
    expect(inside(low, footOf({ x: 0.4, y: 0.6, width: 0.2, height: 0.4 }))).toBe(true);
    expect(inside(low, footOf({ x: 0.4, y: 0.1, width: 0.2, height: 0.2 }))).toBe(false);
  });
  it('refuses a bow tie, two points, a corner given twice, an edge that runs back, and no area, and says which', () => {
    const [a, b, c, d] = square as [Point, Point, Point, Point];
    const said = (points: Point[]) => Polygon.safeParse(points).error?.issues.map((i) => i.message) ?? [];
    expect(said([a, c, b, d])).toContain('edges of a zone must not cross');
    expect(said([a, b])).toEqual(['a zone needs three corners at least']);
    expect(said([a, b, b, c])).toContain('edges of a zone must not cross');
    expect(said([a, b, { x: 0.5, y: 0.25 }, c])).toContain('edges of a zone must not cross');
    expect(said([a, { x: 0.26, y: 0.25 }, { x: 0.26, y: 0.2501 }])).toEqual(['a zone needs an area']);
    expect(areaOf(square)).toBeCloseTo(0.25);
  });
});

describe('crossing', () => {
  const a = { x: 0.5, y: 0.2 };
  const b = { x: 0.5, y: 0.8 };
  it('tells the side as who walks from a to b sees it', () => {
    // Walking down the picture, right is where x is smaller.
    expect(crossing(a, b, { x: 0.6, y: 0.5 }, { x: 0.4, y: 0.5 })).toBe('to-right');
    expect(crossing(a, b, { x: 0.4, y: 0.5 }, { x: 0.6, y: 0.5 })).toBe('to-left');
    expect(crossing(a, b, { x: 0.4, y: 0.9 }, { x: 0.6, y: 0.9 })).toBeNull();
  });
  it('is the other way for the way back, and for the line turned round', () => {
    fc.assert(
      fc.property(point, point, point, point, (p, q, from, to) => {
        const there = crossing(p, q, from, to);
        fc.pre(there !== null && meet(p, q, from, to));
        const turned = crossing(q, p, from, to);
        if (turned !== null) expect(turned).not.toBe(there);
      }),
    );
  });
  it('counts a way in small steps as often as its sides say: never twice for one passage', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.3, max: 0.7, noNaN: true }), { minLength: 2, maxLength: 40 }), (xs) => {
        let net = 0;
        for (let i = 1; i < xs.length; i += 1) {
          const way = crossing(a, b, { x: xs[i - 1] as number, y: 0.5 }, { x: xs[i] as number, y: 0.5 });
          net += way === 'to-right' ? 1 : way === 'to-left' ? -1 : 0;
          expect(Math.abs(net)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe('overlap', () => {
  const box = fc.record({
    x: fc.double({ min: 0, max: 0.5, noNaN: true }),
    y: fc.double({ min: 0, max: 0.5, noNaN: true }),
    width: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
    height: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
  });
  it('is 1 with itself, the same both ways, and within 0 … 1', () => {
    fc.assert(
      fc.property(box, box, (p, q) => {
        expect(Box.safeParse(p).success).toBe(true);
        expect(overlapOf(p, p)).toBeCloseTo(1);
        const o = overlapOf(p, q);
        expect(o).toBeCloseTo(overlapOf(q, p));
        expect(o).toBeGreaterThanOrEqual(0);
        expect(o).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });
});
