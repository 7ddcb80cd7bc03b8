/** What keeps an event like this one from being told again, and what it would have kept back. Pure. */
import type { Event } from '#domain/event.ts';
import type { ObjectClass } from '#domain/object-class.ts';
import { footOf, inside, type Box, type Point } from '#domain/place.ts';
import { usualClasses, type ZoneDraft } from '#domain/watch-zone.ts';

export type Cure =
  /** Nothing here matters, whether it stands or moves. */
  | { is: 'ignore'; points: Point[] }
  /** What never leaves its place here does not: a parked car, a statue, a poster, a flag. What walks through it does. */
  | { is: 'standing'; points: Point[] }
  /** Nothing so small matters. */
  | { is: 'height'; minHeight: number }
  /** Nothing so unsure. */
  | { is: 'score'; minScore: number }
  /** Nothing of this class. */
  | { is: 'class'; class: ObjectClass };

/** A shorter event says nothing of whether its object stays in its place, ms. */
const staysMs = 2_000;

/** Around what stands there, parts of its size: boxes tremble. */
const margin = 0.15;
/** Above what was seen, so that it is below from now on. */
const aboveHeight = 1.1;
const aboveScore = 0.02;

const part = (v: number): number => Math.min(1, Math.max(0, Math.round(v * 10_000) / 10_000));

export function around(box: Box): Point[] {
  const [dx, dy] = [box.width * margin, box.height * margin];
  const [left, right] = [part(box.x - dx), part(box.x + box.width + dx)];
  const [top, bottom] = [part(box.y - dy), part(box.y + box.height + dy)];
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
}

/** Whether its object has hardly left its place, as far as it was seen. */
export const stays = ({ look, fromMs, toMs }: Pick<Event, 'look' | 'fromMs' | 'toMs'>): boolean =>
  look?.stayed === true && (toMs === null || toMs - fromMs >= staysMs);

/** Whether it is a zone that is ignored; all others change what counts in the event's own zone. */
export const inPlace = (cure: Cure): cure is Extract<Cure, { is: 'ignore' | 'standing' }> =>
  cure.is === 'ignore' || cure.is === 'standing';

/** Those that fit an event, the gentlest first; none where it is not of the station's own analysis. */
export function curesFor(event: Pick<Event, 'look' | 'fromMs' | 'toMs'>): Cure[] {
  const { look } = event;
  if (look === undefined) return [];
  const cures: Cure[] = [];
  if (look.box && look.text === null && stays(event)) cures.push({ is: 'standing', points: around(look.box) });
  if (look.box) cures.push({ is: 'ignore', points: around(look.box) });
  // A plate is read whatever counts in a zone.
  if (look.text !== null) return cures;
  // What is as high as the picture, or as sure as can be, cannot be told from others by that.
  const minHeight = look.box && look.class ? part(Math.ceil(look.box.height * aboveHeight * 200) / 200) : 1;
  if (minHeight < 0.9) cures.push({ is: 'height', minHeight });
  const minScore = look.score !== null && look.class ? part(Math.ceil((look.score + aboveScore) * 100) / 100) : 1;
  if (minScore < 0.98) cures.push({ is: 'score', minScore });
  if (look.class) cures.push({ is: 'class', class: look.class });
  return cures;
}

/** Whether with this cure an event would not have been told. Those of a place hold there, all others in the event's own zone alone. */
export function keepsBack(cure: Cure, of: Event, event: Event): boolean {
  const { look } = event;
  if (!look || event.cameraId !== of.cameraId || look.lineId !== null) return false;
  if (cure.is === 'standing' && look.stayed !== true) return false;
  if (inPlace(cure)) return look.box !== null && inside(cure.points, footOf(look.box));
  if (look.class === null || look.zoneId !== (of.look?.zoneId ?? null)) return false;
  switch (cure.is) {
    case 'height':
      return look.box !== null && look.box.height < cure.minHeight;
    case 'score':
      return look.score !== null && look.score < cure.minScore;
    case 'class':
      return look.class === cure.class;
  }
}

export const keptBack = (cure: Cure, of: Event, events: readonly Event[]): Event[] =>
  events.filter((e) => keepsBack(cure, of, e));

/** The zone with the cure; null: then nothing would count in it any more. */
export function cured(zone: ZoneDraft, cure: Exclude<Cure, { is: 'ignore' | 'standing' }>): ZoneDraft | null {
  switch (cure.is) {
    case 'height':
      return cure.minHeight > zone.maxHeight ? null : { ...zone, minHeight: Math.max(zone.minHeight, cure.minHeight) };
    case 'score':
      return { ...zone, minScore: Math.max(zone.minScore ?? 0, cure.minScore) };
    case 'class': {
      const left = (zone.classes.length === 0 ? usualClasses : zone.classes).filter((c) => c !== cure.class);
      return left.length === 0 ? null : { ...zone, classes: left };
    }
  }
}

/** Where no zone is drawn, the whole picture becomes one. */
export const wholePicture: readonly Point[] = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
];
