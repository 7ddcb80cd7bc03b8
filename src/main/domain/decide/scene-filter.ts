/** Which objects a zone or line counts. Pure. */
import type { WhyNot } from '../event-why.ts';
import type { Point } from '../place.ts';
import type { Track } from '../track.ts';
import { usualClasses, type WatchZone } from '../watch-zone.ts';
import type { Followed } from './tracked.ts';

/** What a zone or line asks of an object. */
export type SceneFilter = Pick<WatchZone, 'classes' | 'minScore' | 'minHeight' | 'maxHeight'>;

/** A detect zone, or (without id and points) the whole picture. */
export type SceneZone = Pick<WatchZone, 'triggers'> &
  SceneFilter & { id: WatchZone['id'] | null; points: readonly Point[] | null };

/** The whole picture, where no detect zone was drawn: its triggers are those that a zone has at first. */
export const wholePicture: SceneZone = {
  id: null,
  points: null,
  classes: [],
  minScore: null,
  minHeight: 0,
  maxHeight: 1,
  triggers: { present: true, enters: false, leaves: false, loitersS: null, crowd: null, leftS: null, takenS: null },
};

/** Why an object does not count; empty: it does. */
export function countsNot(filter: SceneFilter, of: Pick<Track, 'class' | 'score' | 'box'>): WhyNot[] {
  const not: WhyNot[] = [];
  if (!(filter.classes.length === 0 ? usualClasses : filter.classes).includes(of.class)) not.push('class');
  if (of.score < (filter.minScore ?? 0)) not.push('score');
  if (of.box.height < filter.minHeight) not.push('low');
  if (of.box.height > filter.maxHeight) not.push('high');
  return not;
}

export const counts = (filter: SceneFilter, track: Track): boolean => countsNot(filter, track).length === 0;

/** Until when it was there, as far as anybody knows: what stands still is there as long as nothing moves where it is. */
export const thereUntil = ({ state, lastMs, lookedMs }: Followed): number => (state === 'still' ? lookedMs : lastMs);

/** How long something has been so with an object: the time from one moment to another, without pauses in which nobody looked at it. */
export const lookedFor = (since: { atMs: number; blindMs: number }, until: { atMs: number; blindMs: number }): number =>
  Math.max(0, until.atMs - since.atMs - (until.blindMs - since.blindMs));
