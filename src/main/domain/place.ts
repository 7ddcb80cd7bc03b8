/** Places in a picture, in parts of it: 0 … 1 from the left and the upper edge, whatever its size. Pure geometry. */
import { z } from 'zod';

const part = z.number().min(0).max(1);

export const Point = z.object({ x: part, y: part });
export type Point = z.infer<typeof Point>;

export const Box = z.object({ x: part, y: part, width: part, height: part });
export type Box = z.infer<typeof Box>;

/** Fewest and most corners of a polygon. */
export const polygonCorners = { least: 3, most: 32 } as const;

/** A simple polygon: its edges meet at its corners alone, and it has an area. */
export const Polygon = z
  .array(Point)
  .min(polygonCorners.least, 'a zone needs three corners at least')
  .max(polygonCorners.most, 'a zone has 32 corners at most')
  .refine((points) => points.length < polygonCorners.least || !crossesItself(points), {
    message: 'edges of a zone must not cross',
    params: { why: 'crosses' },
  })
  .refine((points) => points.length < polygonCorners.least || areaOf(points) >= 1e-4, {
    message: 'a zone needs an area',
    params: { why: 'tiny' },
  });
export type Polygon = z.infer<typeof Polygon>;

/** Twice the signed area of a triangle: above 0 where c lies to the right of the way from a to b (y points down). */
const turn = (a: Point, b: Point, c: Point): number => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
const within = (a: Point, b: Point, p: Point): boolean =>
  Math.min(a.x, b.x) <= p.x && p.x <= Math.max(a.x, b.x) && Math.min(a.y, b.y) <= p.y && p.y <= Math.max(a.y, b.y);

/** Whether two stretches have a point in common, their ends included. */
export function meet(a: Point, b: Point, c: Point, d: Point): boolean {
  const [t1, t2, t3, t4] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
  if (((t1 > 0 && t2 < 0) || (t1 < 0 && t2 > 0)) && ((t3 > 0 && t4 < 0) || (t3 < 0 && t4 > 0))) return true;
  return (
    (t1 === 0 && within(a, b, c)) ||
    (t2 === 0 && within(a, b, d)) ||
    (t3 === 0 && within(c, d, a)) ||
    (t4 === 0 && within(c, d, b))
  );
}

/** Whether edges of a closed polygon cross or touch other than at the corner that they share, or a corner is there twice. */
export function crossesItself(points: readonly Point[]): boolean {
  const n = points.length;
  const at = (i: number): Point => points[i % n] as Point;
  for (let i = 0; i < n; i += 1) {
    if (at(i).x === at(i + 1).x && at(i).y === at(i + 1).y) return true;
    // An edge that runs back over the one before it.
    const [a, b, c] = [at(i), at(i + 1), at(i + 2)];
    if (turn(a, b, c) === 0 && (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) < 0) return true;
    for (let j = i + 2; j < n; j += 1) {
      if (i === 0 && j === n - 1) continue;
      if (meet(at(i), at(i + 1), at(j), at(j + 1))) return true;
    }
  }
  return false;
}

/** Area of a simple polygon, in parts of the picture (the shoelace formula). */
export function areaOf(points: readonly Point[]): number {
  let twice = 0;
  points.forEach((a, i) => {
    const b = points[(i + 1) % points.length] as Point;
    twice += a.x * b.y - b.x * a.y;
  });
  return Math.abs(twice) / 2;
}

/** Whether a point lies in a polygon (even–odd rule; on the edge it may be either). */
export function inside(points: readonly Point[], p: Point): boolean {
  let is = false;
  points.forEach((a, i) => {
    const b = points[(i + 1) % points.length] as Point;
    if (a.y > p.y !== b.y > p.y && p.x < ((b.x - a.x) * (p.y - a.y)) / (b.y - a.y) + a.x) is = !is;
  });
  return is;
}

/** Nearer to the lower edge a place is outside of every polygon that ends there. */
const lowest = 1 - 1e-6;

/** Where something stands: the middle of its box's lower edge. What the picture cuts off stands in the picture all the same. */
export const footOf = (box: Box): Point => ({ x: box.x + box.width / 2, y: Math.min(lowest, box.y + box.height) });

/** Intersection of two boxes by their union, 0 … 1. */
export function overlapOf(a: Box, b: Box): number {
  const w = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (w <= 0 || h <= 0) return 0;
  return (w * h) / (a.width * a.height + b.width * b.height - w * h);
}

/**
 * To which side of the stretch from `a` to `b` something goes that moves from `from` to `to`, seen by who walks from a to b;
 * null where it does not cross. What is on the line is on its right, so that a way in many steps counts once.
 */
export function crossing(a: Point, b: Point, from: Point, to: Point): 'to-right' | 'to-left' | null {
  const [before, after] = [turn(a, b, from) >= 0, turn(a, b, to) >= 0];
  if (before === after || !meet(a, b, from, to)) return null;
  return after ? 'to-right' : 'to-left';
}
