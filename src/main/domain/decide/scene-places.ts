/**
 * Whether what is followed has left the place in which it was seen first: a parked car, a statue, a poster or a flag has not, who
 * walks by has. Boxes tremble, so that one look that is a little off says nothing. Pure.
 */
import { overlapOf, type Box } from '../place.ts';
import { TrackId } from '../track.ts';
import { lookedFor } from './scene-filter.ts';
import type { Followed } from './tracked.ts';

/** In its place: its box overlaps the first one so much. */
const samePlace = 0.4;
/** Out of it for so many looks in a row: it has left. A box that does not touch the first one says so by itself. */
const looksAway = 2;
/** In its place for so long, ms: it stays there, as far as anybody can say while it is seen. */
const staysMs = 8_000;

export type Place = {
  trackId: TrackId;
  /** Where it was seen first. */
  box: Box;
  sinceMs: number;
  lastMs: number;
  /** How long nobody had looked at it until then. */
  blindMs: number;
  away: number;
  left: boolean;
};
export type PlacesState = readonly Place[];
export const freshPlaces: PlacesState = [];

function seenAt(place: Place, { box, lastMs, blindMs }: Pick<Followed, 'box' | 'lastMs' | 'blindMs'>): Place {
  const overlap = overlapOf(place.box, box);
  const away = overlap < samePlace ? place.away + 1 : 0;
  return { ...place, lastMs, blindMs, away, left: place.left || overlap === 0 || away >= looksAway };
}

/** After a look: `tracks` are those that are followed, or ended with it. */
export function stepPlaces(state: PlacesState, tracks: readonly Followed[], atMs: number): PlacesState {
  const before = new Map(state.map((p) => [p.trackId, p]));
  return tracks.map((t) => {
    const was = before.get(t.id);
    if (was === undefined)
      return {
        ...{ trackId: t.id, box: t.box, sinceMs: t.sinceMs, lastMs: t.lastMs, blindMs: t.blindMs, away: 0 },
        left: false,
      };
    return t.lastMs === atMs ? seenAt(was, t) : was;
  });
}

export const hasLeft = (state: PlacesState, id: TrackId): boolean => state.find((p) => p.trackId === id)?.left === true;

/** Whether it has stayed in its place; `over`: it is not seen any more. null: nobody can say yet. */
export function stayed(state: PlacesState, id: TrackId, over: boolean): boolean | null {
  const place = state.find((p) => p.trackId === id);
  if (place === undefined) return null;
  if (place.left) return false;
  const stays = lookedFor({ atMs: place.sinceMs, blindMs: 0 }, { atMs: place.lastMs, blindMs: place.blindMs });
  return over || stays >= staysMs ? true : null;
}

/** For boxes of one object, oldest first: whether it had left its place by then. */
export function leftBy(boxes: readonly Box[]): boolean[] {
  const [first] = boxes;
  if (first === undefined) return [];
  const start = { trackId: TrackId.parse(1), box: first, sinceMs: 0, lastMs: 0, blindMs: 0, away: 0, left: false };
  let place: Place = start;
  return boxes.map((box) => (place = seenAt(place, { box, lastMs: 0, blindMs: 0 })).left);
}
