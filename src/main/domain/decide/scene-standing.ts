/**
 * What was left, and what was taken: something stands for long where nothing stood; something that stood for long is not there
 * any more. Who walks away and comes back to its place in time has taken nothing. Pure.
 */
import { counts, thereUntil, type SceneZone } from './scene-filter.ts';
import { kinOf } from '../object-class.ts';
import { footOf, inside, overlapOf } from '../place.ts';
import type { Track, TrackId } from '../track.ts';
import type { TrackOutput } from './track.ts';

/** It stood: for so long, ms. */
const stoodMs = 20_000;
/** What is there so soon after watching began was there before, ms. */
const beginningMs = 5_000;
/** In the same place: boxes overlap so much. */
const samePlace = 0.4;
const mostStood = 200;

type Stood = {
  track: Track;
  /** Since when it stands. */
  sinceMs: number;
  /** There when watching began: nobody left it. */
  was: boolean;
  toldLeft: boolean;
  /** Since when it is not there; null: it is. */
  awayMs: number | null;
  toldTaken: boolean;
};
export type StandingState = Stood[];
export const freshStanding: StandingState = [];

export type StandingOutput = { kind: 'object-left' | 'object-taken'; zone: SceneZone; track: Track; atMs: number };
type StandingInput = {
  atMs: number;
  startedMs: number;
  tracks: readonly Track[];
  ended: readonly Extract<TrackOutput, { is: 'ended' }>[];
  zones: readonly SceneZone[];
  matters: (track: Track) => boolean;
};

export function stepStanding(state: StandingState, input: StandingInput): [StandingState, StandingOutput[]] {
  const { atMs, startedMs, zones } = input;
  const outputs: StandingOutput[] = [];
  const byId = new Map<TrackId, Track>(input.tracks.map((t) => [t.id, t]));
  const longest = Math.max(0, ...zones.map((z) => z.triggers.takenS ?? 0)) * 1_000;
  const next: Stood[] = [];
  for (const was of state) {
    const now = byId.get(was.track.id);
    const there = now !== undefined && (now.state !== 'moving' || overlapOf(now.box, was.track.box) >= samePlace);
    if (there) next.push({ ...was, track: now, awayMs: null });
    else {
      const back = input.tracks.some(
        (t) =>
          kinOf(t.class) === kinOf(was.track.class) &&
          t.state === 'still' &&
          overlapOf(t.box, was.track.box) >= samePlace,
      );
      const awayMs = was.awayMs ?? was.track.lastMs;
      // Who came back has an entry of its own; what never stood long, or is away for long, is forgotten.
      if (back || was.toldTaken || was.track.lastMs - was.sinceMs < stoodMs || atMs - awayMs > longest + 60_000)
        continue;
      next.push({ ...was, awayMs });
    }
  }
  const known = new Set(next.map((s) => s.track.id));
  for (const t of input.tracks)
    if (t.state === 'still' && !known.has(t.id)) {
      const earlier = state.find(
        (s) =>
          s.awayMs !== null && kinOf(s.track.class) === kinOf(t.class) && overlapOf(s.track.box, t.box) >= samePlace,
      );
      next.push({
        track: t,
        sinceMs: earlier?.sinceMs ?? t.sinceMs,
        was: earlier?.was ?? t.sinceMs - startedMs < beginningMs,
        toldLeft: earlier?.toldLeft ?? false,
        awayMs: null,
        toldTaken: false,
      });
    }
  for (const zone of zones) {
    const { leftS, takenS } = zone.triggers;
    if (leftS === null && takenS === null) continue;
    for (const s of next) {
      if (!counts(zone, s.track) || !input.matters(s.track)) continue;
      if (zone.points !== null && !inside(zone.points, footOf(s.track.box))) continue;
      if (
        leftS !== null &&
        !s.was &&
        !s.toldLeft &&
        s.awayMs === null &&
        thereUntil(s.track, atMs) - s.sinceMs >= leftS * 1_000
      ) {
        s.toldLeft = true;
        outputs.push({ kind: 'object-left', zone, track: s.track, atMs });
      }
      if (takenS !== null && s.awayMs !== null && !s.toldTaken && atMs - s.awayMs >= takenS * 1_000) {
        s.toldTaken = true;
        outputs.push({ kind: 'object-taken', zone, track: s.track, atMs: s.awayMs });
      }
    }
  }
  return [next.slice(-mostStood), outputs];
}
