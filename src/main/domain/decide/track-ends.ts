/** When something that is followed and not found any more is gone, and where it went. Pure. */
import { kinOf } from '../object-class.ts';
import type { Point } from '../place.ts';
import type { Track } from '../track.ts';
import { centreOf, edge, foreseen, stillMs, type Tracked } from './tracked.ts';

/** Looks in vain after which something not yet told is forgotten. */
const missesOfNew = 2;
/** What is not found for so long, ms, and so many looks, is gone: of what moved, and of what stood. */
const lostMs = 12_000;
const lostMisses = 3;
const goneMs = 30_000;
const goneMisses = 6;

/** Nobody looked for so long, ms: what may have moved on meanwhile is not known to be the same any more. */
export const unlookedMs = goneMs;

/** left: over the edge of the picture, at `exit` · lost: while it moved · gone: from where it stood. */
export type TrackEnd = { why: 'left' | 'lost' | 'gone'; exit: Point | null };

/**
 * Whether what was looked for in vain is gone; null: it is waited for. `was`: how it was before. `taken`: another was found in its place, where
 * it cannot be then.
 */
export function endOf(t: Tracked, was: Track['state'], atMs: number, taken: boolean): TrackEnd | null {
  if (!t.begun) return t.misses >= missesOfNew ? { why: 'lost', exit: null } : null;
  const exit = exitOf(t, atMs);
  if (exit !== null && (exit.sure || t.misses >= 2)) return { why: 'left', exit: exit.at };
  if (taken && t.misses >= lostMisses) return { why: 'lost', exit: null };
  const unseenMs = atMs - t.lastMs - (t.blindMs - t.foundBlindMs);
  // What stood and is not found where nothing moved stands there still; where something moved it may have gone.
  if (stood(t, was)) return t.misses >= goneMisses && unseenMs >= goneMs ? { why: 'gone', exit: null } : null;
  return t.misses >= lostMisses && unseenMs >= lostMs ? { why: 'lost', exit: null } : null;
}

const stood = (t: Tracked, was: Track['state']): boolean =>
  !t.stirredSince && (was === 'still' || t.lastMs - t.place.sinceMs - (t.foundBlindMs - t.place.blindMs) >= stillMs);

/** Whether nobody has looked at it for longer than it may be lost. */
export const isUnlooked = (t: Tracked, atMs: number): boolean => atMs - t.lookedMs > unlookedMs;

/** Whether it may be found again after that, in its place alone: things that stood. People and animals that stand there then may be others. */
export const outlasts = (t: Tracked): boolean => {
  const kin = kinOf(t.class);
  return t.begun && kin !== 'person' && kin !== 'animal' && stood(t, t.state);
};

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
