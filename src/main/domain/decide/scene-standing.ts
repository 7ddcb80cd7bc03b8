/**
 * What was left, and what was taken: something stands for long where nothing stood; something that stood for long is not there
 * any more. Who walks away and comes back to its place in time has taken nothing. Pauses in which nobody looked count neither as standing
 * nor as being away. Pure.
 */
import { counts, lookedFor, thereUntil, type SceneZone } from './scene-filter.ts';
import { kinOf } from '../object-class.ts';
import { footOf, inside, overlapOf } from '../place.ts';
import type { TrackId } from '../track.ts';
import type { TrackOutput } from './track.ts';
import type { Followed } from './tracked.ts';

/** It stood: for so long, ms. */
const stoodMs = 20_000;
/** What is there so soon after watching began was there before, ms. */
const beginningMs = 5_000;
/** In the same place: boxes overlap so much. */
const samePlace = 0.4;
const mostStood = 200;

type Stood = {
  track: Followed;
  /** The track's `blindMs` when it was there last. */
  blindMs: number;
  /** Since when it stands. */
  sinceMs: number;
  /** Pauses since then that its track does not know of: those of tracks before, and while it was away. */
  pausesMs: number;
  /** There when watching began: nobody left it. */
  was: boolean;
  toldLeft: boolean;
  /** Since when it is not there, as far as somebody looked; null: it is. */
  awayMs: number | null;
  awayPausesMs: number;
  toldTaken: boolean;
};
export type StandingState = Stood[];
export const freshStanding: StandingState = [];

export type StandingOutput = { kind: 'object-left' | 'object-taken'; zone: SceneZone; track: Followed; atMs: number };
type StandingInput = {
  atMs: number;
  /** When a detector looked first; null: none did yet. */
  startedMs: number | null;
  /** How long nobody had looked when this look came. */
  pauseMs: number;
  tracks: readonly Followed[];
  ended: readonly Extract<TrackOutput, { is: 'ended' }>[];
  zones: readonly SceneZone[];
  matters: (track: Followed) => boolean;
};

/** How long it has stood, as far as somebody looked, ms. */
export const stoodFor = ({ track, sinceMs, blindMs, pausesMs }: Stood): number =>
  lookedFor({ atMs: sinceMs, blindMs: 0 }, { atMs: thereUntil(track), blindMs: blindMs + pausesMs });
/** How long it has been away, as far as somebody looked, ms. */
export const awayFor = ({ awayMs, awayPausesMs }: Stood, atMs: number): number =>
  awayMs === null ? 0 : atMs - awayMs - awayPausesMs;

export function stepStanding(state: StandingState, input: StandingInput): [StandingState, StandingOutput[]] {
  const { atMs, startedMs, pauseMs, zones } = input;
  const outputs: StandingOutput[] = [];
  const byId = new Map<TrackId, Followed>(input.tracks.map((t) => [t.id, t]));
  const longest = Math.max(0, ...zones.map((z) => z.triggers.takenS ?? 0)) * 1_000;
  const next: Stood[] = [];
  for (const was of state) {
    const now = byId.get(was.track.id);
    const there = now !== undefined && (now.state !== 'moving' || overlapOf(now.box, was.track.box) >= samePlace);
    if (there) {
      const blindMs = thereUntil(now) > thereUntil(was.track) ? now.blindMs : was.blindMs;
      next.push({ ...was, track: now, blindMs, awayMs: null, awayPausesMs: 0 });
    } else {
      const back = input.tracks.some(
        (t) =>
          kinOf(t.class) === kinOf(was.track.class) &&
          t.state === 'still' &&
          overlapOf(t.box, was.track.box) >= samePlace,
      );
      // Where nobody looked for a while, it is away since somebody did.
      const lastMs = was.track.blindMs > was.blindMs || pauseMs > 0 ? atMs : was.track.lastMs;
      const away = {
        ...was,
        awayMs: was.awayMs ?? lastMs,
        awayPausesMs: was.awayMs === null ? 0 : was.awayPausesMs + pauseMs,
      };
      // Who came back has an entry of its own; what never stood long, or is away for long, is forgotten.
      if (back || was.toldTaken || stoodFor(was) < stoodMs || awayFor(away, atMs) > longest + 60_000) continue;
      next.push(away);
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
        ...{ track: t, blindMs: t.blindMs },
        sinceMs: earlier?.sinceMs ?? t.sinceMs,
        pausesMs: earlier === undefined ? 0 : earlier.pausesMs + earlier.track.blindMs + earlier.awayPausesMs,
        was: earlier?.was ?? (startedMs === null || t.sinceMs - startedMs < beginningMs),
        toldLeft: earlier?.toldLeft ?? false,
        ...{ awayMs: null, awayPausesMs: 0 },
        toldTaken: false,
      });
    }
  for (const zone of zones) {
    const { leftS, takenS } = zone.triggers;
    if (leftS === null && takenS === null) continue;
    for (const s of next) {
      if (!counts(zone, s.track) || !input.matters(s.track)) continue;
      if (zone.points !== null && !inside(zone.points, footOf(s.track.box))) continue;
      if (leftS !== null && !s.was && !s.toldLeft && s.awayMs === null && stoodFor(s) >= leftS * 1_000) {
        s.toldLeft = true;
        outputs.push({ kind: 'object-left', zone, track: s.track, atMs });
      }
      if (takenS !== null && s.awayMs !== null && !s.toldTaken && awayFor(s, atMs) >= takenS * 1_000) {
        s.toldTaken = true;
        outputs.push({ kind: 'object-taken', zone, track: s.track, atMs: s.awayMs });
      }
    }
  }
  return [next.slice(-mostStood), outputs];
}
