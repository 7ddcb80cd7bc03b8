/** What a hand does to the corners of a zone or the ends of a line. Pure; places in parts of the picture. */
import { areaOf, crossesItself, polygonCorners, type Point } from '#domain/place.ts';

/** How far a finger or a pointer may be off, in parts of the picture: it is not as wide as it is high. */
export type Reach = { x: number; y: number };
export type Points = readonly Point[];

/** Finer than a pixel of any camera; sums of such steps stay such steps, so that a move and its way back end where they began. */
const grain = 10_000;
const tidy = (part: number): number => Math.round(part * grain) / grain;
const within = (part: number): number => tidy(Math.min(1, Math.max(0, part)));
export const placeWithin = (p: Point): Point => ({ x: within(p.x), y: within(p.y) });

export const moveCorner = (points: Points, corner: number, to: Point): Point[] =>
  points.map((p, i) => (i === corner ? placeWithin(to) : p));

/** All of it, as far as it stays in the picture; its form stays. */
export function moveAll(points: Points, by: Point): Point[] {
  const far = (axis: 'x' | 'y'): number => {
    const all = points.map((p) => p[axis]);
    return tidy(Math.min(1 - Math.max(...all), Math.max(-Math.min(...all), tidy(by[axis]))));
  };
  const [x, y] = [far('x'), far('y')];
  return points.map((p) => placeWithin({ x: p.x + x, y: p.y + y }));
}

export const middleOf = (a: Point, b: Point): Point => placeWithin({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** With one more corner after another, in the middle of the edge where no place is given; null: there are as many as may be. */
export function addCorner(points: Points, after: number, at?: Point): Point[] | null {
  const [a, b] = [points[after], points[(after + 1) % points.length]];
  if (!a || !b || points.length >= polygonCorners.most) return null;
  return [...points.slice(0, after + 1), at ? placeWithin(at) : middleOf(a, b), ...points.slice(after + 1)];
}

/** Without a corner; null: it would be no zone any more. */
export const removeCorner = (points: Points, corner: number): Point[] | null =>
  points.length <= polygonCorners.least ? null : points.filter((_, i) => i !== corner);

/** How far apart, in reaches; 1: just within reach. */
const apart = (a: Point, b: Point, reach: Reach): number => Math.hypot((a.x - b.x) / reach.x, (a.y - b.y) / reach.y);

/** The nearest of them within reach. */
export function nearest(points: Points, p: Point, reach: Reach): number | null {
  let best: number | null = null;
  let least = 1;
  points.forEach((q, i) => {
    const d = apart(p, q, reach);
    if (d <= least) [best, least] = [i, d];
  });
  return best;
}

/** The place on a stretch that is nearest as the eye sees it. */
function onStretch(a: Point, b: Point, p: Point, reach: Reach): Point {
  const [ax, ay] = [(b.x - a.x) / reach.x, (b.y - a.y) / reach.y];
  const long = ax * ax + ay * ay;
  const part =
    long === 0 ? 0 : Math.min(1, Math.max(0, (((p.x - a.x) / reach.x) * ax + ((p.y - a.y) / reach.y) * ay) / long));
  return { x: a.x + part * (b.x - a.x), y: a.y + part * (b.y - a.y) };
}

/** The nearest edge within reach, by the corner at which it begins. */
export function nearestEdge(points: Points, p: Point, reach: Reach, closed: boolean): number | null {
  let best: number | null = null;
  let least = 1;
  points.forEach((a, i) => {
    const b = points[(i + 1) % points.length];
    if (!b || (!closed && i === points.length - 1)) return;
    const d = apart(p, onStretch(a, b, p, reach), reach);
    if (d <= least) [best, least] = [i, d];
  });
  return best;
}

/** Onto a near corner of another shape, else onto the picture's edge and in line with `beside`. */
export function snap(p: Point, corners: Points, beside: Points, reach: Reach): Point {
  const onto = corners[nearest(corners, p, reach) ?? -1];
  if (onto) return onto;
  const axis = (at: number, near: number, lines: readonly number[]): number => {
    let [best, least] = [at, near];
    for (const line of lines) {
      const d = Math.abs(line - at);
      if (d <= least) [best, least] = [line, d];
    }
    return best;
  };
  return placeWithin({
    x: axis(p.x, reach.x, [0, 1, ...beside.map((q) => q.x)]),
    y: axis(p.y, reach.y, [0, 1, ...beside.map((q) => q.y)]),
  });
}

/** A rectangle about a place, moved so far that it lies in the picture. */
export function rectangleAt(p: Point, width: number, height: number): Point[] {
  const x = within(Math.min(1 - width, Math.max(0, p.x - width / 2)));
  const y = within(Math.min(1 - height, Math.max(0, p.y - height / 2)));
  return [
    { x, y },
    { x: within(x + width), y },
    { x: within(x + width), y: within(y + height) },
    { x, y: within(y + height) },
  ];
}

export type ShapeFault = 'corners' | 'crosses' | 'small' | 'short';

/** Why the station would refuse a zone's corners. */
export function zoneFault(points: Points): ShapeFault | null {
  if (points.length < polygonCorners.least || points.length > polygonCorners.most) return 'corners';
  if (crossesItself(points)) return 'crosses';
  return areaOf(points) < 1e-4 ? 'small' : null;
}

export const lineFault = (a: Point, b: Point): ShapeFault | null =>
  Math.hypot(a.x - b.x, a.y - b.y) < 0.01 ? 'short' : null;
