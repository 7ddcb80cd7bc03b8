/** Which picture of a camera plates are read in, and which parts of it. Pure. */
import type { Box, Point } from '../place.ts';

/** Pixels across a vehicle: with fewer no letter of its plate can be told (a plate is about a quarter of a car's width). */
const leastVehicle = 110;
/** With so many the small picture will do. */
const goodVehicle = 280;
/** Across a zone where plates are read: a barrier's lane is about twice as wide as a car. */
const goodZone = 560;
/** The text finder sees at most 1,280 pixels of a side: of pictures much wider than that it is shown parts. */
const wholeUpTo = 1_600;
/** A part is at least so much of the picture, and of what it is about so many times. */
const leastPart = 0.3;
const around = 1.6;
const mostParts = 3;

export type Size = { width: number; height: number };

/** Whether the small picture is too small for letters: the main one is to be asked for. */
export const wantsDetail = (small: Size, vehicles: readonly Box[], zones: readonly (readonly Point[])[]): boolean =>
  vehicles.some((v) => v.width * small.width < goodVehicle) ||
  zones.some((z) => boundsOf(z).width * small.width < goodZone);

/** Vehicles that are wide enough in a picture for their plate to be read. */
export const legible = <T extends { box: Box }>(picture: Size, vehicles: readonly T[]): T[] =>
  vehicles.filter((v) => v.box.width * picture.width >= leastVehicle);

export function boundsOf(points: readonly Point[]): Box {
  const xs = points.map((p) => p.x);
  const ys = points.map((p) => p.y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** A part of the picture with a thing in its middle. */
function partAround({ x, y, width, height }: Box): Box {
  const w = Math.min(1, Math.max(leastPart, around * width));
  const h = Math.min(1, Math.max(leastPart, around * height));
  return {
    x: Math.min(1 - w, Math.max(0, x + width / 2 - w / 2)),
    y: Math.min(1 - h, Math.max(0, y + height / 2 - h / 2)),
    ...{ width: w, height: h },
  };
}

/**
 * The parts that plates are looked for in; empty: all of it, which finds more than vehicles' boxes do and costs no more than two
 * of them. `zones`: only these, because nothing else is to be read.
 */
export function plateParts(
  picture: Size,
  vehicles: readonly Box[],
  zones: readonly (readonly Point[])[],
  everywhere: boolean,
): Box[] {
  if (!everywhere) return zones.map(boundsOf);
  if (picture.width <= wholeUpTo && picture.height <= wholeUpTo) return [];
  const largest = [...vehicles].sort((a, b) => b.width * b.height - a.width * a.height);
  return [...largest.map(partAround), ...zones.map(boundsOf)].slice(0, mostParts);
}
