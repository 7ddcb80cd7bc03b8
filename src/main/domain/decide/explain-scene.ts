/** Why something of a scene is told: the pictures of its object, and what was decided on each, in the words of `event-why.ts`. Pure. */
import type { ObjectWhy, WhyLook, WhyNot } from '../event-why.ts';
import { footOf, inside } from '../place.ts';
import type { Track } from '../track.ts';
import { isShut, shutsStanding, usualClasses, type WatchLine, type WatchZone } from '../watch-zone.ts';
import { countsNot, wholePicture, type SceneFilter, type SceneZone } from './scene-filter.ts';
import { leftBy } from './scene-places.ts';
import { awayFor, stoodFor } from './scene-standing.ts';
import { nameOf, type Scene, type SceneOutput } from './scene.ts';
import type { HistoryLook, TrackHistory } from './track-history.ts';

type Told = Extract<SceneOutput, { is: 'begin' | 'moment' }>;

export function explainScene(
  output: Told,
  {
    atMs,
    scene,
    tracks,
    history,
    zones,
    lines,
    modelScore,
  }: {
    atMs: number;
    /** As it was after the picture. */
    scene: Scene;
    tracks: readonly Track[];
    history: TrackHistory;
    /** Those whose schedule holds now. */
    zones: readonly WatchZone[];
    lines: readonly WatchLine[];
    modelScore: number;
  },
): ObjectWhy {
  const { kind, trackId } = output;
  const line = lines.find((l) => l.id === output.lineId) ?? null;
  const zone = zones.find((z) => z.id === output.zoneId) ?? null;
  const place: SceneZone = zone ?? wholePicture;
  const filter: SceneFilter = line ?? place;
  const standsIn = (box: Track['box'], which: (zone: WatchZone) => boolean): boolean =>
    zones.some((z) => which(z) && inside(z.points, footOf(box)));
  // A line has no inside.
  const isThere = (box: Track['box']): boolean =>
    line !== null || place.points === null || inside(place.points, footOf(box));
  const story = trackId === null ? undefined : history.get(trackId);
  const left = leftBy((story?.looks ?? []).map((l) => l.box));
  const judged = ({ best, ...look }: HistoryLook, i: number): WhyLook => {
    const not: WhyNot[] = countsNot(filter, { class: look.class, score: best, box: look.box });
    if (standsIn(look.box, isShut)) not.push('ignored');
    else if (left[i] === false && standsIn(look.box, shutsStanding)) not.push('standing');
    if (!isThere(look.box)) not.push('outside');
    return { ...look, not };
  };
  const seconds = place.triggers[kind === 'loitering' ? 'loitersS' : kind === 'object-left' ? 'leftS' : 'takenS'];
  const lasts = kind === 'loitering' || kind === 'object-left' || kind === 'object-taken';
  const stood = scene.standing.find((s) => s.track.id === trackId) ?? null;
  const stands = kind === 'object-left' || kind === 'object-taken' ? stood : null;
  const visit = scene.visits.find((v) => v.trackId === trackId && v.zone === nameOf(place));
  // Without what nobody looked at.
  const reachedMs = (): number => {
    if (kind === 'loitering') return visit?.stayedMs ?? 0;
    if (kind === 'object-left') return stood === null ? 0 : stoodFor(stood);
    if (kind === 'object-taken') return stood === null ? 0 : awayFor(stood, atMs);
    return output.is === 'begin' ? Math.max(0, atMs - output.fromMs) : 0;
  };
  const limit = place.triggers.crowd;
  const present = scene.visits.filter((v) => v.zone === nameOf(place) && v.sinceMs !== null).length;
  return {
    is: 'object',
    looks: (story?.looks ?? []).map(judged),
    found: story?.found ?? 0,
    confirmed: story?.confirmed ?? null,
    state: tracks.find((t) => t.id === trackId)?.state ?? null,
    modelScore,
    place: {
      zone: zone?.name ?? null,
      line: line?.name ?? null,
      classes: filter.classes.length === 0 ? [...usualClasses] : filter.classes,
      ...{ minScore: filter.minScore, minHeight: filter.minHeight, maxHeight: filter.maxHeight },
    },
    time: { neededMs: lasts && seconds !== null ? seconds * 1_000 : null, reachedMs: reachedMs() },
    crowd: kind === 'crowd' && limit !== null ? { present, limit } : null,
    best: [...(story?.best ?? [])],
    stood: stands === null ? null : { sinceMs: stands.sinceMs, awayMs: stands.awayMs },
  };
}
