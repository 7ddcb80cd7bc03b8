/**
 * Makes tracks of detections: the same object over pictures that come 0.2 to 5 times a second. Pure.
 *
 * At one picture a second boxes of one walker hardly overlap: what belongs together is found by where it should be by its speed,
 * how far a thing of its class and size can go in the time, how alike the boxes are in size, and how they overlap; all pairs at
 * once (assign.ts). Weak detections never begin a track but carry one on (ByteTrack: Zhang et al., 2022). What is not found is
 * believed to be there for a while, longer if it stood still; who leaves over the picture's edge is gone at once.
 */
import { assign } from '../assign.ts';
import { mostDetections, type Detection } from '../detection.ts';
import type { Confirmation } from '../event-why.ts';
import { kinOf, type ObjectClass } from '../object-class.ts';
import { overlapOf, type Box, type Point } from '../place.ts';
import { TrackId, type Track } from '../track.ts';

/** Surely found from this score on: at once where something moves, twice where nothing moves; else twice, and moving. */
const sureScore = 0.6;
const hitsToBegin = 2;
const hitsStandingToBegin = 2;
/** What never left its place and is no surer than that begins when motion was seen in it so often. */
const stirsToBegin = 3;
const leftPlaceHeights = 0.15;
/** In the shadow of another that is followed (over it, above or below it, in line with it) for fewer looks: a part of it. */
const looksOutOfShadow = 6;
/** Looks in vain after which something not yet told is forgotten. */
const missesOfNew = 2;
/** What is not found for so long, ms, and so many looks, is gone: of what moved, and of what stood. */
const lostMs = 12_000;
const lostMisses = 3;
const goneMs = 30_000;
const goneMisses = 6;
/** In its place for so long, ms: still. In its place: within so many of its heights. */
const stillMs = 8_000;
const placeHeights = 0.35;
/** How far something goes in a second, in its own heights, when its speed is not known, and against its known speed. */
const reachOf = (kin: ReturnType<typeof kinOf>): { unknown: number; known: number } =>
  kin === 'vehicle' || kin === 'cycle' || kin === 'animal' ? { unknown: 4, known: 2 } : { unknown: 2, known: 1.2 };
/** Always within reach: so many heights. */
const reachLeast = 0.6;
/** A box may become so many times larger or smaller from one picture to the next. */
const sizesApart = 4.5;
/** Or so many times where the picture's edge cuts it off. */
const sizesApartOnEdge = 30;
/** A speed tells where something is for so long, ms. */
const foreseenMs = 3_000;
/** Nearer to the picture's edge than this is on it. */
const edge = 0.02;
/** Two boxes of one picture that overlap more are of one object. */
const sameOverlap = 0.65;
/** A box that lies so much in another, surer or larger one of its kind is a part of the same object (legs, a shirt), not another. */
const withinAnother = 0.85;
const smallerThanAnother = 0.7;
/** What was missed is taken up no farther off than this, in heights of the picture. */
const farthestBack = 0.3;
/** Most tracks of a camera; the oldest unseen goes. */
const mostTracks = 100;

/** What the tracker knows of an object. */
export type Tracked = Track & {
  begun: boolean;
  /** What made it one that is told; null: nothing yet. */
  confirmed: Confirmation | null;
  hits: number;
  misses: number;
  scoreSum: number;
  /** In how many pictures the gate saw motion where it was. */
  stirs: number;
  /** Where it was found first. */
  firstAt: Point;
  /** Parts of the picture a second. */
  speed: Point;
  speedKnown: boolean;
  /** Where it was when it last left its place, and when. */
  place: { at: Point; sinceMs: number };
  /** Sum of scores by class. */
  votes: Partial<Record<ObjectClass, number>>;
  bestView: number;
};
export type Tracking = { nextId: number; atMs: number | null; tracked: Tracked[] };
export const freshTracking: Tracking = { nextId: 1, atMs: null, tracked: [] };

export type TrackInput = {
  atMs: number;
  /** Width of the picture by its height. */
  aspect: number;
  /** What was found; null: nobody looked. Weak ones carry tracks on. */
  detections: readonly Detection[] | null;
  /** A detection may begin a track from this score on. */
  minScore: number;
  /** Where the gate saw motion; null: it was not asked. */
  motion: readonly Box[] | null;
};
export type TrackOutput =
  | { is: 'began'; track: Track }
  /** This picture shows it better than those before. Also told when it begins. */
  | { is: 'best'; id: TrackId; box: Box; score: number }
  /** left: over the edge of the picture, at `exit` · lost: while it moved · gone: from where it stood. */
  | { is: 'ended'; track: Track; why: 'left' | 'lost' | 'gone'; exit: Point | null };

const centreOf = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
const plain = ({ id, class: cls, score, state, box, sinceMs, lastMs }: Tracked): Track => ({
  id,
  class: cls,
  score,
  state,
  box,
  sinceMs,
  lastMs,
});

/** The tracks that were told. */
export const tracksOf = (state: Tracking): Track[] => state.tracked.filter((t) => t.begun).map(plain);

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

export function track(state: Tracking, input: TrackInput): [Tracking, TrackOutput[]] {
  const { atMs, detections } = input;
  if (detections === null) return [{ ...state, atMs, tracked: state.tracked.map((t) => unseen(t, atMs)) }, []];
  const outputs: TrackOutput[] = [];
  const sorted = [...detections]
    .sort((a, b) => b.score - a.score || a.box.x - b.box.x || a.box.y - b.box.y)
    .slice(0, mostDetections);
  const strong = sorted.filter((d) => d.score >= input.minScore);
  const weak = sorted.filter((d) => d.score < input.minScore);
  const parts = partsOf(strong);
  const previousMs = state.atMs ?? atMs;
  const whole = strong.filter((d) => !parts.has(d));
  const found = pair(state.tracked, whole, input, 1);
  // A part of an object carries on a track of its own (two who overlap), where nothing else does, but makes none.
  const left = state.tracked.filter((t) => t.begun && !found.has(t));
  for (const [t, d] of pair(left, [...parts], input, 0.5)) found.set(t, d);
  const rest = state.tracked.filter((t) => !found.has(t) && t.begun);
  for (const [t, d] of pair(rest, weak, input, 0.5)) found.set(t, d);

  let tracked: Tracked[] = [];
  for (const was of state.tracked) {
    const detection = found.get(was);
    if (detection !== undefined) {
      const now = begins(seen(was, detection, input, previousMs), state.tracked, input.aspect);
      if (now.begun && !was.begun) outputs.push({ is: 'began', track: plain(now) });
      const view = viewOf(detection);
      if (now.begun && (!was.begun || view > was.bestView * 1.1)) {
        outputs.push({ is: 'best', id: now.id, box: detection.box, score: detection.score });
        now.bestView = view;
      }
      tracked.push(now);
      continue;
    }
    const missed: Tracked = { ...was, misses: was.misses + 1, state: 'hidden' };
    const end = endOf(missed, was.state, input);
    if (end === null) tracked.push(missed);
    else if (was.begun) outputs.push({ is: 'ended', track: plain({ ...was, state: 'hidden' }), ...end });
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
    const now = begins(fresh(TrackId.parse(nextId), detection, input), tracked, input.aspect);
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
  return [{ nextId, atMs, tracked }, outputs];
}

/** Nobody looked: what was not seen for a while is believed to be there. */
const unseen = (t: Tracked, atMs: number): Tracked =>
  t.state !== 'still' && atMs - t.lastMs >= stillMs ? { ...t, state: 'hidden' } : t;

const onEdge = (box: Box): boolean =>
  box.x < edge || box.y < edge || box.x + box.width > 1 - edge || box.y + box.height > 1 - edge;

/** A large sure one in the middle of the picture shows best. */
export const viewOf = ({ box, score }: Pick<Detection, 'box' | 'score'>): number =>
  score * Math.sqrt(box.width * box.height) * (onEdge(box) ? 0.6 : 1);

const touches = (box: Box, motion: readonly Box[]): boolean =>
  motion.some(
    (m) => m.x < box.x + box.width && box.x < m.x + m.width && m.y < box.y + box.height && box.y < m.y + m.height,
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

function fresh(id: TrackId, { class: cls, score, box }: Detection, { atMs, motion }: TrackInput): Tracked {
  return {
    id,
    class: cls,
    score,
    state: 'moving',
    box,
    sinceMs: atMs,
    lastMs: atMs,
    begun: false,
    confirmed: null,
    hits: 1,
    misses: 0,
    scoreSum: score,
    stirs: motion === null || touches(box, motion) ? 1 : 0,
    firstAt: centreOf(box),
    speed: { x: 0, y: 0 },
    speedKnown: false,
    place: { at: centreOf(box), sinceMs: atMs },
    votes: { [cls]: score },
    bestView: 0,
  };
}

function begins(t: Tracked, others: readonly Tracked[], aspect: number): Tracked {
  if (t.begun) return t;
  if (t.hits < looksOutOfShadow && others.some((o) => o.begun && o.id !== t.id && shadows(o, t.box))) return t;
  const confirmed = confirmedBy(t, aspect);
  return confirmed === null ? t : { ...t, begun: true, confirmed };
}

function confirmedBy(t: Tracked, aspect: number): Confirmation | null {
  if (t.scoreSum / t.hits >= sureScore)
    return t.stirs > 0 ? 'sure' : t.hits >= hitsStandingToBegin ? 'sure-twice' : null;
  if (t.stirs === 0 || t.hits < hitsToBegin) return null;
  const at = centreOf(t.box);
  const moved = Math.hypot((at.x - t.firstAt.x) * aspect, at.y - t.firstAt.y) > leftPlaceHeights * t.box.height;
  return moved ? 'moved' : t.stirs >= stirsToBegin ? 'stirred' : null;
}

/** Whether a box may be a part of something that is followed already: in line with it, and over it or next above or below. */
function shadows({ class: cls, box: a }: Tracked, b: Box, kin = kinOf(cls)): boolean {
  if (kin !== 'person') return false;
  const offset = Math.abs(a.x + a.width / 2 - b.x - b.width / 2);
  const gap = Math.max(a.y - b.y - b.height, b.y - a.y - a.height);
  return offset < 0.45 * Math.max(a.width, b.width) && gap < 0.1 * Math.max(a.height, b.height);
}

function seen(was: Tracked, detection: Detection, { atMs, aspect, motion }: TrackInput, previousMs: number): Tracked {
  const { box, score, class: cls } = detection;
  // Where nobody looked nothing moved: it was in its place until the picture before.
  const wasThereMs = was.misses === 0 ? Math.max(was.lastMs, previousMs) : was.lastMs;
  const seconds = Math.max(0.05, (atMs - wasThereMs) / 1_000);
  const [from, to] = [centreOf(was.box), centreOf(box)];
  const measured = { x: (to.x - from.x) / seconds, y: (to.y - from.y) / seconds };
  const part = !was.speedKnown || was.state === 'still' ? 1 : 0.6;
  const speed = {
    x: was.speed.x + part * (measured.x - was.speed.x),
    y: was.speed.y + part * (measured.y - was.speed.y),
  };
  const away = Math.hypot((to.x - was.place.at.x) * aspect, to.y - was.place.at.y);
  const place = away > placeHeights * Math.max(box.height, was.box.height) ? { at: to, sinceMs: atMs } : was.place;
  const votes = { ...was.votes, [cls]: (was.votes[cls] ?? 0) + score };
  let best = was.class;
  for (const [name, sum] of Object.entries(votes)) if (sum > (votes[best] ?? 0)) best = name as ObjectClass;
  return {
    ...was,
    class: best,
    score: Math.max(was.score, score),
    state: atMs - place.sinceMs >= stillMs ? 'still' : 'moving',
    box,
    lastMs: atMs,
    hits: was.hits + 1,
    misses: 0,
    scoreSum: was.scoreSum + score,
    stirs: was.stirs + (motion === null || touches(box, motion) ? 1 : 0),
    speed,
    speedKnown: true,
    place,
    votes,
  };
}

/** Where it should be now. */
function foreseen(t: Tracked, atMs: number): Box {
  const seconds = Math.min(foreseenMs, Math.max(0, atMs - t.lastMs)) / 1_000;
  return { ...t.box, x: t.box.x + t.speed.x * seconds, y: t.box.y + t.speed.y * seconds };
}

/** Which detection is which track's. `within`: part of the usual reach. */
function pair(
  tracked: readonly Tracked[],
  detections: readonly Detection[],
  input: TrackInput,
  within: number,
): Map<Tracked, Detection> {
  const costs = tracked.map((t) => detections.map((d) => costOf(t, d, input, within)));
  const found = new Map<Tracked, Detection>();
  assign(costs).forEach((column, row) => {
    const [t, d] = [tracked[row], column === null ? undefined : detections[column]];
    if (t !== undefined && d !== undefined) found.set(t, d);
  });
  return found;
}

function costOf(t: Tracked, d: Detection, { atMs, aspect }: TrackInput, within: number): number {
  const kin = kinOf(t.class);
  if (kin !== kinOf(d.class)) return Number.POSITIVE_INFINITY;
  const sizes = (d.box.width * d.box.height) / (t.box.width * t.box.height);
  const apartAtMost = onEdge(t.box) || onEdge(d.box) ? sizesApartOnEdge : sizesApart;
  if (!(sizes < apartAtMost && sizes > 1 / apartAtMost)) return Number.POSITIVE_INFINITY;
  const box = foreseen(t, atMs);
  const [a, b] = [centreOf(box), centreOf(d.box)];
  const height = Math.max(t.box.height, d.box.height);
  const seconds = Math.min(8, Math.max(0.05, (atMs - t.lastMs) / 1_000));
  const reach = reachOf(kin);
  const free = height * (reachLeast + (t.speedKnown ? reach.known : reach.unknown) * seconds) * within;
  const reached = t.misses >= 2 ? Math.min(free, Math.max(farthestBack, reachLeast * height)) : free;
  const apart = Math.hypot((a.x - b.x) * aspect, a.y - b.y);
  const overlap = Math.max(overlapOf(box, d.box), overlapOf(t.box, d.box));
  if (apart > reached && overlap < 0.2) return Number.POSITIVE_INFINITY;
  return Math.min(1, apart / reached) + 0.5 * Math.abs(Math.log(sizes)) + 0.8 * (1 - overlap) + (t.begun ? 0 : 1);
}

/** Whether what was looked for in vain is gone. */
function endOf(
  t: Tracked,
  was: Track['state'],
  { atMs }: TrackInput,
): { why: 'left' | 'lost' | 'gone'; exit: Point | null } | null {
  if (!t.begun) return t.misses >= missesOfNew ? { why: 'lost', exit: null } : null;
  const exit = exitOf(t, atMs);
  if (exit !== null && (exit.sure || t.misses >= 2)) return { why: 'left', exit: exit.at };
  const unseenMs = atMs - t.lastMs;
  const stood = was === 'still' || t.lastMs - t.place.sinceMs >= stillMs;
  if (stood) return t.misses >= goneMisses && unseenMs >= goneMs ? { why: 'gone', exit: null } : null;
  return t.misses >= lostMisses && unseenMs >= lostMs ? { why: 'lost', exit: null } : null;
}

/**
 * Where it left the picture: its foot, carried on over the edge. `sure`: it must be outside by now; otherwise it was on the edge
 * and on its way out.
 */
function exitOf(t: Tracked, atMs: number): { at: Point; sure: boolean } | null {
  const box = foreseen(t, atMs);
  const { x, y } = centreOf(box);
  const on = {
    left: t.box.x <= edge,
    right: t.box.x + t.box.width >= 1 - edge,
    top: t.box.y <= edge,
    bottom: t.box.y + t.box.height >= 1 - edge,
  };
  const out = { left: t.speed.x < 0, right: t.speed.x > 0, top: t.speed.y < 0, bottom: t.speed.y > 0 };
  const sure = x < 0 || x > 1 || y < 0 || y > 1;
  const going = box.x < 0 ? out.left : box.x + box.width > 1 ? out.right : box.y < 0 && out.top;
  const leaving =
    going || (on.left && out.left) || (on.right && out.right) || (on.top && out.top) || (on.bottom && out.bottom);
  if (!sure && !leaving) return null;
  const foot = { x: box.x + box.width / 2, y: box.y + box.height };
  const away = {
    x:
      x < 0 || (on.left && out.left)
        ? Math.min(foot.x, -0.01)
        : x > 1 || (on.right && out.right)
          ? Math.max(foot.x, 1.01)
          : foot.x,
    y: y < 0 || (on.top && out.top && !on.left && !on.right) ? Math.min(foot.y, -0.01) : foot.y,
  };
  return { at: away, sure };
}
