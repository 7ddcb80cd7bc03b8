/** Which of the things that were found in a picture is which of those that are followed. Pure. */
import { assign } from '../assign.ts';
import type { Detection } from '../detection.ts';
import { kinOf } from '../object-class.ts';
import { overlapOf } from '../place.ts';
import { postsAt, type Post } from './posts.ts';
import { isUnlooked } from './track-ends.ts';
import { centreOf, foreseen, onEdge, placeHeights, type Tracked } from './tracked.ts';

/** How far something goes in a second, in its own heights, when its speed is not known, and against its known speed. */
const reachOf = (kin: ReturnType<typeof kinOf>): { unknown: number; known: number } =>
  kin === 'vehicle' || kin === 'cycle' || kin === 'animal' ? { unknown: 4, known: 2 } : { unknown: 2, known: 1.2 };
/** Always within reach: so many heights. */
const reachLeast = 0.6;
/** A box may become so many times larger or smaller from one picture to the next. */
const sizesApart = 4.5;
/** Or so many times where the picture's edge cuts it off. */
const sizesApartOnEdge = 30;
/** What was missed is taken up no farther off than this, in heights of the picture and of its own. */
const farthestBack = { picture: 0.3, own: 2.5 } as const;
/** Missed so often, others are asked first, and it is not looked for far off. */
const missesToWait = 2;
/** Missed so often, what comes in over an edge is another, unless it lies on the place so much. */
const missesToEnter = 2;
const entersOver = 0.3;
/** What nobody looked at for long is found again where boxes overlap so much. */
const samePlace = 0.4;
/** Of a weak one or a part: the usual reach times this. */
const partReach = 0.5;
/** A weak one lies so much on where the object was or should be, or else is of its size within this. */
const weakOverlap = 0.3;
const weakSizesApart = 2;

/** Whole ones go anywhere within reach, parts of another half as far, weak ones stay where the object is. */
export type Strength = 'whole' | 'part' | 'weak';

export type PairInput = { atMs: number; aspect: number; posts: readonly Post[] };

/** As many pairs as can be, at the least cost in all. */
export function pairTracks(
  tracked: readonly Tracked[],
  detections: readonly Detection[],
  input: PairInput,
  strength: Strength,
): Map<Tracked, Detection> {
  const posts = detections.map((d) => postsAt(input.posts, d));
  const costs = tracked.map((t) =>
    detections.map((d, i) =>
      t.begun && posts[i]?.some((p) => isAnothers(p, t, d, input)) === true
        ? Number.POSITIVE_INFINITY
        : costOf(t, d, input, strength),
    ),
  );
  const found = new Map<Tracked, Detection>();
  assign(costs).forEach((column, row) => {
    const [t, d] = [tracked[row], column === null ? undefined : detections[column]];
    if (t !== undefined && d !== undefined) found.set(t, d);
  });
  return found;
}

/** Whether a detection is of the post rather than of the object: it lies better on it, and the object does not stand there. */
function isAnothers(post: Post, t: Tracked, d: Detection, { atMs, aspect }: PairInput): boolean {
  const at = centreOf(post.box);
  const away = Math.hypot((at.x - t.place.at.x) * aspect, at.y - t.place.at.y);
  const stands = t.lastMs > t.place.sinceMs && away <= placeHeights * post.box.height;
  return !stands && overlapOf(post.box, d.box) > overlapOf(foreseen(t, atMs), d.box);
}

function costOf(t: Tracked, d: Detection, { atMs, aspect }: PairInput, strength: Strength): number {
  const kin = kinOf(t.class);
  if (kin !== kinOf(d.class)) return Number.POSITIVE_INFINITY;
  const sizes = (d.box.width * d.box.height) / (t.box.width * t.box.height);
  const apartAtMost = onEdge(t.box) || onEdge(d.box) ? sizesApartOnEdge : sizesApart;
  if (!(sizes < apartAtMost && sizes > 1 / apartAtMost)) return Number.POSITIVE_INFINITY;
  const box = foreseen(t, atMs);
  const overlap = Math.max(overlapOf(box, d.box), overlapOf(t.box, d.box));
  if (isUnlooked(t, atMs) && overlapOf(t.box, d.box) < samePlace) return Number.POSITIVE_INFINITY;
  if (t.misses >= missesToEnter && onEdge(d.box) && !onEdge(t.box) && overlap < entersOver)
    return Number.POSITIVE_INFINITY;
  if (strength === 'weak' && overlap < weakOverlap) {
    // Who leaves over the edge becomes smaller.
    const alike = sizes <= weakSizesApart && (sizes >= 1 / weakSizesApart || onEdge(d.box));
    if (t.misses > 0 || !alike) return Number.POSITIVE_INFINITY;
  }
  const [a, b] = [centreOf(box), centreOf(d.box)];
  const height = Math.max(t.box.height, d.box.height);
  const seconds = Math.min(8, Math.max(0.05, (atMs - t.lastMs) / 1_000));
  const reach = reachOf(kin);
  const within = strength === 'whole' ? 1 : partReach;
  const free = height * (reachLeast + (t.speedKnown ? reach.known : reach.unknown) * seconds) * within;
  const back = Math.max(reachLeast * height, Math.min(farthestBack.picture, farthestBack.own * height));
  const reached = t.misses >= missesToWait ? Math.min(free, back) : free;
  const apart = Math.hypot((a.x - b.x) * aspect, a.y - b.y);
  if (apart > reached && overlap < 0.2) return Number.POSITIVE_INFINITY;
  // Who was found just now goes before who was missed for some time, and before what is nobody yet.
  const later = t.begun && t.misses < missesToWait ? 0 : 1;
  return Math.min(1, apart / reached) + 0.5 * Math.abs(Math.log(sizes)) + 0.8 * (1 - overlap) + later;
}
