/** Of boxes that say the same thing, one is kept. */
import { kinOf } from '../object-class.ts';
import type { Detection } from '../detection.ts';

/** A box by its edges, in any one unit. */
export type Edges = { left: number; top: number; right: number; bottom: number };

/** What a detector names: `class` is the model's own number. */
export type Candidate = Edges & { class: number; score: number };

const areaOf = (e: Edges): number => Math.max(0, e.right - e.left) * Math.max(0, e.bottom - e.top);

function commonOf(a: Edges, b: Edges): number {
  const w = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return w <= 0 || h <= 0 ? 0 : w * h;
}

/** Intersection of two boxes by their union, 0 … 1. */
export function sharedOf(a: Edges, b: Edges): number {
  const common = commonOf(a, b);
  return common === 0 ? 0 : common / (areaOf(a) + areaOf(b) - common);
}

/** Intersection of two boxes by the smaller of them, 0 … 1. */
export function coveredOf(a: Edges, b: Edges): number {
  const common = commonOf(a, b);
  return common === 0 ? 0 : common / Math.min(areaOf(a), areaOf(b));
}

/**
 * Non-maximum suppression: the surest first, and of the same class none that shares more than `share` (0 … 1) of the union with one
 * that is kept. At most `most`, the surest.
 */
export function suppress<C extends Candidate>(found: readonly C[], share: number, most: number): C[] {
  const sorted = [...found].sort((a, b) => b.score - a.score);
  const kept: C[] = [];
  for (const c of sorted) {
    if (kept.length >= most) break;
    if (!kept.some((k) => k.class === c.class && sharedOf(k, c) > share)) kept.push(c);
  }
  return kept;
}

/** One found in a part of the picture; `cut`: it reaches an edge of that part which is not one of the picture. */
export type PartCandidate = Candidate & { cut: boolean };

/** Of one that was cut, so much must lie in another to be a piece of it. */
const pieceShare = 0.7;

/**
 * What was found in several parts of a picture that overlap: of the same thing the one that is whole. A box that an edge cuts goes
 * where one of the same class holds it; the rest is suppressed as ever.
 */
export function joinParts(found: readonly PartCandidate[], share: number, most: number): Candidate[] {
  const whole = found.filter(
    (c) =>
      !c.cut ||
      !found.some(
        (o) =>
          o !== c &&
          o.class === c.class &&
          areaOf(o) > areaOf(c) &&
          (!o.cut || areaOf(o) > 1.2 * areaOf(c)) &&
          coveredOf(o, c) > pieceShare,
      ),
  );
  return suppress(whole, share, most);
}

/** Two classes of one kin on the same place are one thing that the model is unsure about. */
const kinShare = 0.7;

/** Of detections of one kin that lie on each other, the surest. */
export function joinKin(found: readonly Detection[]): Detection[] {
  const edges = ({ box }: Detection): Edges => ({
    left: box.x,
    top: box.y,
    right: box.x + box.width,
    bottom: box.y + box.height,
  });
  const kept: Detection[] = [];
  for (const d of [...found].sort((a, b) => b.score - a.score)) {
    if (!kept.some((k) => kinOf(k.class) === kinOf(d.class) && sharedOf(edges(k), edges(d)) > kinShare)) kept.push(d);
  }
  return kept;
}
