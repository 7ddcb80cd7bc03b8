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

/**
 * One found in a part of the picture. `part`: which one, by number. `ratio`: how large that part is shown, pixels of the model by pixels of the
 * picture. `cut`: it reaches an edge of that part which is not one of the picture.
 */
export type PartCandidate = Candidate & { part: number; ratio: number; cut: boolean };

/** Of one that was cut, so much must lie in another to be a piece of it. */
const pieceShare = 0.7;
/** Two of different parts are one thing from so much of their union on, or so much of the smaller one: parts show things in different sizes. */
const sameInParts = { share: 0.3, covered: 0.7 } as const;

type Thing = { box: PartCandidate; parts: Set<number> };

/**
 * What was found in several parts of a picture that overlap: of the same thing one, the whole before the cut, then the one that was shown
 * larger, then the surest. What one part tells apart stays apart: of one thing each part gives one box at most. A box that an edge cuts goes
 * where another part holds it in one of the same class. At most `most`, the surest.
 */
export function joinParts(found: readonly PartCandidate[], share: number, most: number): Candidate[] {
  const parts = new Map<number, PartCandidate[]>();
  for (const c of found) parts.set(c.part, [...(parts.get(c.part) ?? []), c]);
  const told = [...parts.values()].flatMap((own) => suppress(own, share, most));
  const isPiece = (c: PartCandidate): boolean =>
    c.cut &&
    told.some(
      (o) =>
        o.part !== c.part &&
        o.class === c.class &&
        areaOf(o) > areaOf(c) &&
        (!o.cut || areaOf(o) > 1.2 * areaOf(c)) &&
        coveredOf(o, c) > pieceShare,
    );
  const order = told
    .filter((c) => !isPiece(c))
    .sort((a, b) => Number(a.cut) - Number(b.cut) || b.ratio - a.ratio || b.score - a.score);
  const things: Thing[] = [];
  for (const c of order) {
    const same = sameThing(things, c);
    if (same === null) things.push({ box: c, parts: new Set([c.part]) });
    else same.parts.add(c.part);
    // Of one in another the surer: a hand, or all of somebody. One that holds two things is neither.
    if (same === null || sharedOf(same.box, c) > sameInParts.share || same.box.score >= c.score) continue;
    const held = things.filter((t) => t.box.class === c.class && coveredOf(t.box, c) > sameInParts.covered);
    if (held.length === 1) same.box = c;
  }
  return suppress(
    things.map((t) => t.box),
    share,
    most,
  );
}

/** What this box of another part is of as well, as far as can be told; null: something else. */
function sameThing(things: readonly Thing[], c: PartCandidate): Thing | null {
  let same: Thing | null = null;
  for (const t of things) {
    if (t.box.class !== c.class || t.parts.has(c.part)) continue;
    const shared = sharedOf(t.box, c);
    if (shared <= sameInParts.share && coveredOf(t.box, c) <= sameInParts.covered) continue;
    if (same === null || shared > sharedOf(same.box, c)) same = t;
  }
  return same;
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
