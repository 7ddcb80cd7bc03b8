/**
 * Makes tracks of detections: the same object over pictures that come 0.2 to 5 times a second. Pure.
 *
 * At one picture a second boxes of one walker hardly overlap: what belongs together is found by where it should be by its speed,
 * how far a thing of its class and size can go in the time, how alike the boxes are in size, and how they overlap; all pairs at
 * once (track-pairs.ts). Weak detections never begin a track but carry one on (ByteTrack: Zhang et al., 2022). What stands about and is
 * nobody (posts.ts) is not taken for who passes it. What is not found is believed to be there for a while, longer if it stood still; who
 * leaves over the picture's edge is gone at once. Of pauses in which nobody looked nothing is believed (pause.ts).
 */
import { mostDetections, type Detection } from '../detection.ts';
import { kinOf } from '../object-class.ts';
import { overlapOf, type Box } from '../place.ts';
import { TrackId } from '../track.ts';
import { stepPosts, type Post } from './posts.ts';
import { begins } from './track-begins.ts';
import { endOf, isUnlooked, outlasts, type TrackEnd } from './track-ends.ts';
import { pairTracks } from './track-pairs.ts';
import {
  foreseen,
  freshTracked,
  lookedAt,
  meetBoxes,
  missedOnce,
  onEdge,
  seenAgain,
  stillMs,
  type Followed,
  type Sighting,
  type Tracked,
} from './tracked.ts';

/** Two boxes of one picture that overlap more are of one object. */
const sameOverlap = 0.65;
/** A box that lies so much in another, surer or larger one of its kind is a part of the same object (legs, a shirt), not another. */
const withinAnother = 0.85;
const smallerThanAnother = 0.7;
/** What was missed has its place taken by another that overlaps it so much. */
const takenOverlap = 0.5;
/** Most tracks of a camera; the oldest unseen goes. */
const mostTracks = 100;

export type Tracking = { nextId: number; tracked: Tracked[]; posts: Post[] };
export const freshTracking: Tracking = { nextId: 1, tracked: [], posts: [] };

export type TrackInput = {
  atMs: number;
  /** Width of the picture by its height. */
  aspect: number;
  /** What was found; null: no detector looked. Weak ones carry tracks on. */
  detections: readonly Detection[] | null;
  /** A detection may begin a track from this score on. */
  minScore: number;
  /** Where the gate saw motion; null: it was not asked, or could not say. */
  motion: readonly Box[] | null;
};
export type TrackOutput =
  | { is: 'began'; track: Followed }
  /** This picture shows it better than those before. Also told when it begins. */
  | { is: 'best'; id: TrackId; box: Box; score: number }
  | ({ is: 'ended'; track: Followed } & TrackEnd);

const plain = ({ id, class: cls, score, state, box, sinceMs, lastMs, lookedMs, blindMs }: Tracked): Followed => ({
  id,
  class: cls,
  score,
  state,
  box,
  sinceMs,
  lastMs,
  lookedMs,
  blindMs,
});

/** The tracks that were told. */
export const tracksOf = (state: Tracking): Followed[] => state.tracked.filter((t) => t.begun).map(plain);

/**
 * Whether a detector should look although the gate sees no motion: what moved may stand for a moment (`forMs` at most), what was
 * missed may be gone, and what stands is looked at now and then.
 */
export const keepsLooking = (state: Tracking, atMs: number, forMs = 30_000): boolean =>
  state.tracked.some(
    (t) =>
      t.misses > 0 ||
      (t.state === 'still' ? atMs - t.lastMs >= forMs : atMs - Math.max(t.lastMs, t.place.sinceMs) < forMs),
  );

/** A large sure one in the middle of the picture shows best. */
export const viewOf = ({ box, score }: Pick<Detection, 'box' | 'score'>): number =>
  score * Math.sqrt(box.width * box.height) * (onEdge(box) ? 0.6 : 1);

/** The next picture: what is followed after it, and what is to be said of it. */
export function track(before: Tracking, input: TrackInput): [Tracking, TrackOutput[]] {
  const { atMs, aspect, detections } = input;
  const outputs: TrackOutput[] = [];
  const state: Tracking = { ...before, tracked: before.tracked.filter((t) => !isUnlooked(t, atMs) || outlasts(t)) };
  for (const t of before.tracked)
    if (t.begun && !state.tracked.includes(t))
      outputs.push({ is: 'ended', track: plain({ ...t, state: 'hidden' }), why: 'lost', exit: null });
  if (detections === null) return [{ ...state, tracked: state.tracked.map((t) => unseen(t, input)) }, outputs];
  const sorted = [...detections]
    .sort((a, b) => b.score - a.score || a.box.x - b.box.x || a.box.y - b.box.y)
    .slice(0, mostDetections);
  const strong = sorted.filter((d) => d.score >= input.minScore);
  const parts = partsOf(strong);
  const found = pairsOf(state, input, strong, parts, sorted);
  const sighting = sightingOf(state, input, found);

  // Others lie where they were found now.
  const others = state.tracked.map((o): Tracked => {
    const box = found.get(o)?.box;
    return box === undefined ? o : { ...o, box, misses: 0 };
  });
  let tracked: Tracked[] = [];
  for (const was of state.tracked) {
    const detection = found.get(was);
    if (detection !== undefined) {
      const now = begins(seenAgain(was, detection, sighting), others, aspect);
      if (now.begun && !was.begun) outputs.push({ is: 'began', track: plain(now) });
      const view = viewOf(detection);
      if (now.begun && (!was.begun || view > was.bestView * 1.1)) {
        outputs.push({ is: 'best', id: now.id, box: detection.box, score: detection.score });
        now.bestView = view;
      }
      tracked.push(now);
      continue;
    }
    const missed = missedOnce(was, input);
    const end = endOf(missed, was.state, atMs, isTaken(was, found));
    if (end === null) tracked.push(missed);
    else if (was.begun) outputs.push({ is: 'ended', track: plain({ ...missed, state: 'hidden' }), ...end });
  }

  let { nextId } = state;
  const taken = new Set(found.values());
  for (const detection of strong) {
    if (taken.has(detection) || parts.has(detection)) continue;
    const kin = kinOf(detection.class);
    if (
      tracked.some((t) => t.lastMs === atMs && kinOf(t.class) === kin && overlapOf(t.box, detection.box) > sameOverlap)
    )
      continue;
    const now = begins(freshTracked(TrackId.parse(nextId), detection, sighting), tracked, aspect);
    nextId += 1;
    if (now.begun) {
      outputs.push({ is: 'began', track: plain(now) });
      outputs.push({ is: 'best', id: now.id, box: detection.box, score: detection.score });
      now.bestView = viewOf(detection);
    }
    tracked.push(now);
  }
  if (tracked.length > mostTracks) {
    const kept = new Set([...tracked].sort((a, b) => b.lastMs - a.lastMs || a.id - b.id).slice(0, mostTracks));
    for (const t of tracked)
      if (!kept.has(t) && t.begun) outputs.push({ is: 'ended', track: plain(t), why: 'lost', exit: null });
    tracked = tracked.filter((t) => kept.has(t));
  }
  const owned = new Set([...found].flatMap(([t, d]) => (t.begun ? [d] : [])));
  const unowned = sorted.filter((d) => !owned.has(d) && !parts.has(d));
  return [{ nextId, tracked, posts: stepPosts(state.posts, unowned) }, outputs];
}

/**
 * No detector looked: where nothing moves, what was found last is there still. What stood in its place goes by that place, what moved by the
 * whole picture, as it may have gone anywhere. What was not seen for a while is believed to be there.
 */
function unseen(t: Tracked, { atMs, motion }: Pick<TrackInput, 'atMs' | 'motion'>): Tracked {
  const stands = t.state === 'still';
  const moves = motion === null || (stands ? motion.some((m) => meetBoxes(t.box, m)) : motion.length > 0);
  const now = t.misses > 0 || moves ? t : { ...t, ...lookedAt(t, atMs) };
  return !stands && atMs - t.lastMs >= stillMs ? { ...now, state: 'hidden' } : now;
}

/** Whole and strong ones first; then, of what was told and not found, parts of others (two who overlap), then weak ones. */
function pairsOf(
  { tracked, posts }: Tracking,
  { atMs, aspect, minScore }: TrackInput,
  strong: readonly Detection[],
  parts: ReadonlySet<Detection>,
  all: readonly Detection[],
): Map<Tracked, Detection> {
  const among = { atMs, aspect, posts };
  const found = pairTracks(
    tracked,
    strong.filter((d) => !parts.has(d)),
    among,
    'whole',
  );
  const left = (): Tracked[] => tracked.filter((t) => t.begun && !found.has(t));
  for (const [t, d] of pairTracks(left(), [...parts], among, 'part')) found.set(t, d);
  const weak = all.filter((d) => d.score < minScore);
  for (const [t, d] of pairTracks(left(), weak, among, 'weak')) found.set(t, d);
  return found;
}

/** Motion where somebody passes says nothing of what stands there. */
function sightingOf(
  { tracked }: Tracking,
  { atMs, aspect, motion }: TrackInput,
  found: ReadonlyMap<Tracked, Detection>,
): Sighting {
  const passing = tracked
    .filter((t) => t.begun && t.state !== 'still')
    .map((t) => found.get(t)?.box ?? foreseen(t, atMs));
  const unexplained = motion?.filter((m) => !passing.some((box) => meetBoxes(box, m))) ?? null;
  return { atMs, aspect, motion, unexplained };
}

/** Whether another was found where it was. */
const isTaken = (was: Tracked, found: ReadonlyMap<Tracked, Detection>): boolean =>
  [...found].some(
    ([t, d]) => t.begun && kinOf(t.class) === kinOf(was.class) && overlapOf(d.box, was.box) >= takenOverlap,
  );

/** Detections that are parts of another one. */
function partsOf(detections: readonly Detection[]): Set<Detection> {
  const parts = new Set<Detection>();
  for (const d of detections)
    for (const other of detections) {
      if (d === other || kinOf(d.class) !== kinOf(other.class)) continue;
      const [a, b] = [d.box, other.box];
      const w = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
      const h = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
      const size = a.width * a.height;
      if (w > 0 && h > 0 && w * h >= withinAnother * size && size < smallerThanAnother * b.width * b.height)
        parts.add(d);
    }
  return parts;
}
