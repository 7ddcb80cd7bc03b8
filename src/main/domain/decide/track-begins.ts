/** When something that is followed is told. Pure. */
import type { Confirmation } from '../event-why.ts';
import { kinOf } from '../object-class.ts';
import { overlapOf, type Box } from '../place.ts';
import { centreOf, type Tracked } from './tracked.ts';

/** Surely found from this score on: at once where something moves, twice where nothing moves; else twice, and moving. */
const sureScore = 0.6;
const hitsToBegin = 2;
const hitsStandingToBegin = 2;
/** What never left its place and is no surer than that begins when motion that nothing else explains was seen in it so often. */
const stirsToBegin = 3;
/** It moved: so many of its heights; more where all motion in it may be another's. */
const leftPlaceHeights = { own: 0.15, others: 0.5 } as const;
/** In the shadow of another that is followed (over it, above or below it, in line with it) for fewer looks: a part of it. */
const looksOutOfShadow = 6;
/** What was missed so often throws none. */
const missesToShadow = 2;
/** Beside another and so much on it, in fewer looks: the same one twice. */
const besideOverlap = 0.2;
const looksBeside = 2;

/** As it is from now on: told, or not yet. `others`: what is followed, as far as it was told. */
export function begins(t: Tracked, others: readonly Tracked[], aspect: number): Tracked {
  if (t.begun) return t;
  const told = others.filter((o) => o.begun && o.id !== t.id);
  if (t.hits < looksOutOfShadow && told.some((o) => o.misses < missesToShadow && shadows(o, t.box))) return t;
  const beside = (o: Tracked): boolean =>
    o.misses === 0 && kinOf(o.class) === kinOf(t.class) && overlapOf(o.box, t.box) > besideOverlap;
  if (t.hits < looksBeside && told.some(beside)) return t;
  const confirmed = confirmedBy(t, aspect);
  return confirmed === null ? t : { ...t, begun: true, confirmed };
}

function confirmedBy(t: Tracked, aspect: number): Confirmation | null {
  if (t.scoreSum / t.hits >= sureScore)
    return t.ownStirs > 0 ? 'sure' : t.hits >= hitsStandingToBegin ? 'sure-twice' : null;
  if (t.stirs === 0 || t.hits < hitsToBegin) return null;
  const at = centreOf(t.box);
  const moved = Math.hypot((at.x - t.firstAt.x) * aspect, at.y - t.firstAt.y) / t.box.height;
  if (moved > (t.ownStirs > 0 ? leftPlaceHeights.own : leftPlaceHeights.others)) return 'moved';
  return t.ownStirs >= stirsToBegin ? 'stirred' : null;
}

/** Whether a box may be a part of something that is followed already: in line with it, and over it or next above or below. */
function shadows({ class: cls, box: a }: Tracked, b: Box, kin = kinOf(cls)): boolean {
  if (kin !== 'person') return false;
  const offset = Math.abs(a.x + a.width / 2 - b.x - b.width / 2);
  const gap = Math.max(a.y - b.y - b.height, b.y - a.y - a.height);
  return offset < 0.45 * Math.max(a.width, b.width) && gap < 0.1 * Math.max(a.height, b.height);
}
