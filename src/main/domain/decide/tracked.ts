/** What the tracker knows of one object that it follows, told or not yet. Pure. */
import type { Detection } from '../detection.ts';
import type { Confirmation } from '../event-why.ts';
import type { ObjectClass } from '../object-class.ts';
import type { Box, Point } from '../place.ts';
import type { Track, TrackId } from '../track.ts';
import { pauseOf } from './pause.ts';

/** In its place for so long, ms: still. In its place: within so many of its heights. */
export const stillMs = 8_000;
export const placeHeights = 0.35;
/** A speed tells where something is for so long, ms. */
const foreseenMs = 3_000;
/** Nearer to the picture's edge than this is on it. */
export const edge = 0.02;

/** A track with what is known of the time in which it was followed. */
export type Followed = Track & {
  /** When somebody looked at it last: it was found or missed, or the gate saw nothing move. */
  lookedMs: number;
  /** How much of its time nobody looked at it, in pauses (pause.ts). */
  blindMs: number;
};

export type Tracked = Followed & {
  begun: boolean;
  /** `blindMs` when it was found last. */
  foundBlindMs: number;
  /** What made it one that is told; null: nothing yet. */
  confirmed: Confirmation | null;
  hits: number;
  misses: number;
  scoreSum: number;
  /** In how many pictures the gate saw motion where it was, and in how many of them nothing else that is followed explains it. */
  stirs: number;
  ownStirs: number;
  /** Motion was seen in its place since it was found last. */
  stirredSince: boolean;
  /** Where it was found first. */
  firstAt: Point;
  /** Parts of the picture a second. */
  speed: Point;
  speedKnown: boolean;
  /** Where it was when it last left its place, when, and its `blindMs` then. */
  place: { at: Point; sinceMs: number; blindMs: number };
  /** Sum of scores by class. */
  votes: Partial<Record<ObjectClass, number>>;
  bestView: number;
};

/** A picture in which something was found. `motion`: where the gate saw motion, `unexplained`: the part of it that nothing else followed explains; null: it was not asked. */
export type Sighting = {
  atMs: number;
  /** Width of the picture by its height. */
  aspect: number;
  motion: readonly Box[] | null;
  unexplained: readonly Box[] | null;
};

export const centreOf = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

export const onEdge = (box: Box): boolean =>
  box.x < edge || box.y < edge || box.x + box.width > 1 - edge || box.y + box.height > 1 - edge;

/** Whether two boxes have a place in common. */
export const meetBoxes = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const stirring = (box: Box, motion: readonly Box[] | null): number =>
  motion === null || motion.some((m) => meetBoxes(box, m)) ? 1 : 0;

/** Followed from now on. */
export function freshTracked(id: TrackId, { class: cls, score, box }: Detection, { atMs, motion }: Sighting): Tracked {
  const stirs = stirring(box, motion);
  return {
    id,
    class: cls,
    score,
    state: 'moving',
    box,
    sinceMs: atMs,
    lastMs: atMs,
    lookedMs: atMs,
    blindMs: 0,
    foundBlindMs: 0,
    begun: false,
    confirmed: null,
    hits: 1,
    misses: 0,
    scoreSum: score,
    stirs,
    ownStirs: stirs,
    stirredSince: false,
    firstAt: centreOf(box),
    speed: { x: 0, y: 0 },
    speedKnown: false,
    place: { at: centreOf(box), sinceMs: atMs, blindMs: 0 },
    votes: { [cls]: score },
    bestView: 0,
  };
}

/** Found again. */
export function seenAgain(was: Tracked, detection: Detection, sighting: Sighting): Tracked {
  const { box, score, class: cls } = detection;
  const { atMs, aspect, motion, unexplained } = sighting;
  // Where nothing moved it was in its place until then.
  const wasThereMs = was.misses === 0 ? Math.max(was.lastMs, was.lookedMs) : was.lastMs;
  const seconds = Math.max(0.05, (atMs - wasThereMs) / 1_000);
  const [from, to] = [centreOf(was.box), centreOf(box)];
  const measured = { x: (to.x - from.x) / seconds, y: (to.y - from.y) / seconds };
  const part = !was.speedKnown || was.state === 'still' ? 1 : 0.6;
  const speed = {
    x: was.speed.x + part * (measured.x - was.speed.x),
    y: was.speed.y + part * (measured.y - was.speed.y),
  };
  const { blindMs, lookedMs } = lookedAt(was, atMs);
  const away = Math.hypot((to.x - was.place.at.x) * aspect, to.y - was.place.at.y);
  const place =
    away > placeHeights * Math.max(box.height, was.box.height) ? { at: to, sinceMs: atMs, blindMs } : was.place;
  const votes = { ...was.votes, [cls]: (was.votes[cls] ?? 0) + score };
  let best = was.class;
  for (const [name, sum] of Object.entries(votes)) if (sum > (votes[best] ?? 0)) best = name as ObjectClass;
  return {
    ...was,
    class: best,
    score: Math.max(was.score, score),
    state: atMs - place.sinceMs - (blindMs - place.blindMs) >= stillMs ? 'still' : 'moving',
    box,
    lastMs: atMs,
    ...{ lookedMs, blindMs, foundBlindMs: blindMs },
    hits: was.hits + 1,
    misses: 0,
    scoreSum: was.scoreSum + score,
    stirs: was.stirs + stirring(box, motion),
    ownStirs: was.ownStirs + stirring(box, unexplained),
    stirredSince: false,
    speed,
    speedKnown: true,
    place,
    votes,
  };
}

/** Looked for in vain. */
export const missedOnce = (was: Tracked, { atMs, motion }: Pick<Sighting, 'atMs' | 'motion'>): Tracked => ({
  ...was,
  ...lookedAt(was, atMs),
  misses: was.misses + 1,
  state: 'hidden',
  stirredSince: was.stirredSince || (motion !== null && stirring(was.box, motion) > 0),
});

/** Somebody looks at it now. */
export const lookedAt = ({ lookedMs, blindMs }: Followed, atMs: number): Pick<Followed, 'lookedMs' | 'blindMs'> => ({
  lookedMs: atMs,
  blindMs: blindMs + pauseOf(lookedMs, atMs),
});

/** Where it should be now. */
export function foreseen(t: Tracked, atMs: number): Box {
  const seconds = Math.min(foreseenMs, Math.max(0, atMs - t.lastMs)) / 1_000;
  return { ...t.box, x: t.box.x + t.speed.x * seconds, y: t.box.y + t.speed.y * seconds };
}
