/** What each object that is followed looked like in the pictures that it was found in, so that it can be said why it was told. Pure. */
import { mostBestLooks, mostWhyLooks, type BestLook, type ObjectWhy, type WhyLook } from '../event-why.ts';
import { cellsIn } from '../motion-cells.ts';
import type { TrackId } from '../track.ts';
import { viewOf, type Tracking } from './track.ts';

/** Of them so many are the first ones; the others are the newest. */
const firstLooks = 4;
/** Views that are nearer to each other are of one recorded picture, ms. */
const bestApartMs = 1_000;

/** `best`: the surest so far, by which places judge. */
export type HistoryLook = Omit<WhyLook, 'not'> & { best: number };
export type TrackStory = {
  looks: readonly HistoryLook[];
  found: number;
  confirmed: ObjectWhy['confirmed'];
  /** The best views first, a second apart at least. */
  best: readonly BestLook[];
};
export type TrackHistory = ReadonlyMap<TrackId, TrackStory>;
export const noHistory: TrackHistory = new Map();

/**
 * After a picture that was looked at: `before` and `after` as the tracker had them, `cells` one byte a cell of the motion gate (null: it
 * was not asked). Objects that were not followed in the picture before are forgotten.
 */
export function remember(
  history: TrackHistory,
  { before, after, atMs, cells }: { before: Tracking; after: Tracking; atMs: number; cells: Uint8Array | null },
): TrackHistory {
  const was = new Map(before.tracked.map((t) => [t.id, t]));
  const next = new Map<TrackId, TrackStory>();
  // Those that ended with this picture: their events end now.
  for (const { id } of before.tracked) {
    const story = history.get(id);
    if (story !== undefined) next.set(id, story);
  }
  for (const t of after.tracked) {
    const story = history.get(t.id) ?? { looks: [], found: 0, confirmed: null, best: [] };
    if (t.lastMs !== atMs || t.misses > 0) {
      next.set(t.id, story);
      continue;
    }
    const score = Math.min(1, Math.max(0, t.scoreSum - (was.get(t.id)?.scoreSum ?? 0)));
    const moved = cells === null ? null : cellsIn(cells, t.box);
    const looks = [...story.looks, { atMs, class: t.class, score, box: t.box, moved, best: t.score }];
    const confirmed =
      story.confirmed ??
      (t.confirmed === null ? null : { atMs, by: t.confirmed, looks: t.hits, score: Math.min(1, t.scoreSum / t.hits) });
    next.set(t.id, {
      looks: looks.length <= mostWhyLooks ? looks : looks.filter((_, i) => i !== firstLooks),
      found: t.hits,
      confirmed,
      best: bestOf(story.best, { atMs, box: t.box, score }),
    });
  }
  return next;
}

function bestOf(best: readonly BestLook[], look: BestLook): readonly BestLook[] {
  const near = best.find((b) => Math.abs(b.atMs - look.atMs) < bestApartMs);
  if (near !== undefined && viewOf(near) >= viewOf(look)) return best;
  const others = best.filter((b) => b !== near);
  return [...others, look].sort((a, b) => viewOf(b) - viewOf(a)).slice(0, mostBestLooks);
}
