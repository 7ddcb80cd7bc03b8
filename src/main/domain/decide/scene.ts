/**
 * What of the objects on a camera's picture is told: who is in a zone, came in, went out, stays long, crossed a line which way,
 * how many there are, what was left or taken. Pure. An object stands where its box's lower edge has its middle. Time counts as far as
 * somebody looked (pause.ts).
 */
import type { TrackId } from '../track.ts';
import { keptOut, type WatchLine, type WatchZone } from '../watch-zone.ts';
import { footOf, inside, type Box } from '../place.ts';
import type { ObjectClass } from '../object-class.ts';
import { pauseOf } from './pause.ts';
import { counts, lookedFor, thereUntil, wholePicture, type SceneZone } from './scene-filter.ts';
import type { TrackOutput } from './track.ts';
import { freshLines, stepLines, type LineCounted, type LineOutput, type LinesState } from './scene-lines.ts';
import { freshPlaces, hasLeft, stepPlaces, type PlacesState } from './scene-places.ts';
import { freshStanding, stepStanding, type StandingState } from './scene-standing.ts';
import type { Followed } from './tracked.ts';

/** Outside of a zone for so many looks in a row: it has left. One may be a box that trembles. */
const outsideLooks = 2;
/** Too many for so many looks: a crowd. Not too many for so long, ms: none any more. */
const crowdLooks = 2;
const crowdOverMs = 5_000;
/** What is there so soon after watching began did not come just now, ms. */
const beginningMs = 5_000;

export type SceneKind =
  | 'object'
  | 'zone-entered'
  | 'zone-left'
  | 'loitering'
  | 'crowd'
  | 'object-left'
  | 'object-taken'
  | 'line-crossed'
  | 'wrong-way'
  | 'speeding';

/** What an event is about. `key` names it as long as it goes on. */
export type SceneEvent = {
  key: string;
  kind: SceneKind;
  zoneId: WatchZone['id'] | null;
  lineId: WatchLine['id'] | null;
  trackId: TrackId | null;
  class: ObjectClass | null;
  score: number | null;
  box: Box | null;
  /** When its object was found last, which is when it stood in that box; null: it is about no object. */
  seenMs: number | null;
};
export type SceneOutput =
  | ({ is: 'begin'; fromMs: number } & SceneEvent)
  /** Its object is known better now. */
  | ({ is: 'update'; atMs: number } & SceneEvent)
  | { is: 'end'; key: string; atMs: number }
  | ({ is: 'counted' } & LineCounted)
  /** It begins and ends at once. */
  | ({ is: 'moment'; atMs: number; detail: LineOutput['detail'] | null } & SceneEvent);

export type SceneInput = {
  atMs: number;
  /** Whether a detector looked at this picture. */
  detected: boolean;
  /** Where the gate saw motion; null: it was not asked, or could not say. */
  motion: readonly Box[] | null;
  /** As `tracksOf` gives them. */
  tracks: readonly Followed[];
  /** What the tracker said with them. */
  changes: readonly TrackOutput[];
  /** Those whose schedule holds now. */
  zones: readonly WatchZone[];
  lines: readonly WatchLine[];
};

/** One object in one zone. */
type Visit = {
  zone: string;
  trackId: TrackId;
  /** In it since; null: seen outside of it so far. */
  sinceMs: number | null;
  /** How long nobody had looked at its object until then. */
  blindMs: number;
  /** How long it has been in it, as far as somebody looked. */
  stayedMs: number;
  lastMs: number;
  outside: number;
  told: { object: boolean; loitering: boolean };
};
type Crowd = { zone: string; looks: number; open: boolean; calmMs: number | null };
export type Scene = {
  /** When a detector looked first. */
  startedMs: number | null;
  /** When somebody looked last: a detector, or the gate, and nothing moved. */
  lookedMs: number | null;
  visits: Visit[];
  crowds: Crowd[];
  /** Events that go on, with the score that was told last. */
  open: { key: string; score: number; lastMs: number }[];
  lines: LinesState;
  standing: StandingState;
  /** Who has left its place; those that ended with this look are still named. */
  places: PlacesState;
};
export const freshScene: Scene = {
  ...{ startedMs: null, lookedMs: null },
  visits: [],
  crowds: [],
  open: [],
  lines: freshLines,
  standing: freshStanding,
  places: freshPlaces,
};

/** How a zone is named in what is kept of a scene. */
export const nameOf = (zone: SceneZone): string => zone.id ?? 'picture';

export function scene(state: Scene, input: SceneInput): [Scene, SceneOutput[]] {
  const { atMs, changes } = input;
  const outputs: SceneOutput[] = [];
  const startedMs = state.startedMs ?? (input.detected ? atMs : null);
  const isBeginning = startedMs === null || atMs - startedMs < beginningMs;
  const looked = input.detected || input.motion?.length === 0;
  const beforeMs = state.lookedMs ?? atMs;
  const pauseMs = pauseOf(beforeMs, atMs);
  const lookedMs = looked ? atMs : state.lookedMs;
  const detect = input.zones.filter((z) => z.kind === 'detect');
  const zones: readonly SceneZone[] = detect.length === 0 ? [wholePicture] : detect;
  const ended = new Map(changes.flatMap((c) => (c.is === 'ended' ? [[c.track.id, c] as const] : [])));
  const here = input.tracks.filter((t) => !ended.has(t.id));
  const places = stepPlaces(state.places, [...here, ...[...ended.values()].map((c) => c.track)], atMs);
  const matters = (t: Followed): boolean => !keptOut(input.zones, footOf(t.box), hasLeft(places, t.id));
  const open = new Map(state.open.map((o) => [o.key, o]));

  const eventOf = (key: string, kind: SceneKind, zone: SceneZone, t: Followed | null): SceneEvent => ({
    key,
    kind,
    zoneId: zone.id,
    lineId: null,
    trackId: t?.id ?? null,
    class: t?.class ?? null,
    score: t?.score ?? null,
    box: t?.box ?? null,
    seenMs: t?.lastMs ?? null,
  });
  const begin = (key: string, kind: SceneKind, zone: SceneZone, t: Followed | null, fromMs: number): void => {
    open.set(key, { key, score: t?.score ?? 0, lastMs: t?.lastMs ?? atMs });
    outputs.push({ is: 'begin', fromMs, ...eventOf(key, kind, zone, t) });
  };
  const end = (key: string, at: number): void => {
    if (open.delete(key)) outputs.push({ is: 'end', key, atMs: at });
  };
  const moment = (kind: SceneKind, zone: SceneZone, t: Followed, at: number): void => {
    const key = `${kind} ${nameOf(zone)} ${t.id} ${at}`;
    outputs.push({ is: 'moment', atMs: at, detail: null, ...eventOf(key, kind, zone, t) });
  };

  const visits: Visit[] = [];
  const crowds: Crowd[] = [];
  const live = new Set<string>();
  const before = new Map(state.visits.map((v) => [`${v.zone} ${v.trackId}`, v]));
  for (const zone of zones) {
    const name = nameOf(zone);
    const isIn = (t: Followed): boolean =>
      counts(zone, t) && matters(t) && (zone.points === null || inside(zone.points, footOf(t.box)));
    let present = 0;
    for (const t of here) {
      const was = before.get(`${name} ${t.id}`);
      const found = t.lastMs === atMs;
      const within = found ? isIn(t) : was !== undefined && was.sinceMs !== null;
      const visit: Visit = was ?? {
        zone: name,
        trackId: t.id,
        sinceMs: null,
        ...{ blindMs: 0, stayedMs: 0, lastMs: t.lastMs, outside: 0 },
        told: { object: false, loitering: false },
      };
      const [objectKey, loiterKey] = [`object ${name} ${t.id}`, `loitering ${name} ${t.id}`];
      let next = visit;
      if (within) {
        present += 1;
        const sinceMs = visit.sinceMs ?? (was === undefined ? t.sinceMs : atMs);
        // From its first picture on, or from this one.
        const blindMs = visit.sinceMs !== null ? visit.blindMs : was === undefined ? 0 : t.blindMs;
        const lastMs = Math.max(visit.lastMs, thereUntil(t));
        const until = { atMs: lastMs, blindMs: t.blindMs };
        const stayedMs = Math.max(visit.stayedMs, lookedFor({ atMs: sinceMs, blindMs }, until));
        next = { ...visit, ...{ sinceMs, blindMs, stayedMs, lastMs }, outside: 0 };
        if (visit.sinceMs === null && zone.triggers.enters && !(was === undefined && isBeginning))
          moment('zone-entered', zone, t, atMs);
        if (zone.triggers.present && !visit.told.object) begin(objectKey, 'object', zone, t, sinceMs);
        const { loitersS } = zone.triggers;
        const loiters = loitersS !== null && stayedMs >= loitersS * 1_000;
        if (loiters && !visit.told.loitering) begin(loiterKey, 'loitering', zone, t, sinceMs);
        next = {
          ...next,
          told: { object: visit.told.object || zone.triggers.present, loitering: visit.told.loitering || loiters },
        };
        for (const key of [objectKey, loiterKey]) {
          const o = open.get(key);
          if (o === undefined) continue;
          if (t.score > o.score + 0.05)
            outputs.push({ is: 'update', atMs, ...eventOf(key, key === objectKey ? 'object' : 'loitering', zone, t) });
          open.set(key, {
            key,
            score: Math.max(o.score, t.score > o.score + 0.05 ? t.score : o.score),
            lastMs: next.lastMs,
          });
        }
      } else if (visit.sinceMs !== null) {
        const outside = visit.outside + 1;
        next = { ...visit, outside };
        if (outside >= outsideLooks) {
          if (zone.triggers.leaves) moment('zone-left', zone, t, atMs);
          end(objectKey, visit.lastMs);
          end(loiterKey, visit.lastMs);
          next = {
            ...visit,
            ...{ sinceMs: null, blindMs: 0, stayedMs: 0, outside: 0 },
            told: { object: false, loitering: false },
          };
        } else present += 1;
      }
      visits.push(next);
      live.add(objectKey).add(loiterKey);
    }
    for (const { track: t, why } of ended.values()) {
      const was = before.get(`${name} ${t.id}`);
      if (was?.sinceMs == null) continue;
      if (zone.triggers.leaves && why === 'left') moment('zone-left', zone, t, was.lastMs);
    }
    crowds.push(stepCrowd(zone, present));
    live.add(`crowd ${name}`);
  }
  // Whose object or zone is gone.
  for (const { key, lastMs } of [...open.values()])
    if (!live.has(key)) end(key, key.startsWith('crowd') ? atMs : lastMs);

  function stepCrowd(zone: SceneZone, present: number): Crowd {
    const name = nameOf(zone);
    const key = `crowd ${name}`;
    const fresh: Crowd = { zone: name, looks: 0, open: false, calmMs: null };
    let was = state.crowds.find((c) => c.zone === name) ?? fresh;
    const most = zone.triggers.crowd;
    // Whether it goes on is not known: it did until the pause.
    if (pauseMs > 0) {
      end(key, was.calmMs ?? beforeMs);
      was = fresh;
    }
    if (most === null) {
      end(key, atMs);
      return fresh;
    }
    if (present > most) {
      const looks = was.looks + (input.detected ? 1 : 0);
      if (!was.open && looks >= crowdLooks) begin(key, 'crowd', zone, null, atMs);
      return { ...was, looks, open: was.open || looks >= crowdLooks, calmMs: null };
    }
    const calmMs = was.calmMs ?? atMs;
    if (was.open && atMs - calmMs >= crowdOverMs) {
      end(key, calmMs);
      return fresh;
    }
    return { ...was, looks: 0, calmMs };
  }

  const [standing, stood] = stepStanding(state.standing, {
    ...{ atMs, startedMs, pauseMs: looked ? pauseMs : 0 },
    tracks: here,
    ended: [...ended.values()],
    zones,
    matters,
  });
  for (const { kind, zone, track, atMs: at } of stood) moment(kind, zone, track, at);
  const [lines, crossed, counted] = stepLines(state.lines, {
    atMs,
    tracks: here.filter((t) => t.lastMs === atMs),
    ended: [...ended.values()],
    lines: input.lines,
    matters,
  });
  for (const { kind, line, track, atMs: at, detail } of crossed)
    outputs.push({
      ...{ is: 'moment', atMs: at, detail, key: `${kind} ${line.id} ${track.id} ${at}`, kind },
      ...{ zoneId: null, lineId: line.id, trackId: track.id, class: track.class, score: track.score, box: track.box },
      seenMs: track.lastMs,
    });
  for (const one of counted) outputs.push({ is: 'counted', ...one });
  return [{ startedMs, lookedMs, visits, crowds, open: [...open.values()], lines, standing, places }, outputs];
}
