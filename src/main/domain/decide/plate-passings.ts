/**
 * One vehicle that passes is one plate, told once: readings of pictures are put together by what they say and by the vehicle that
 * they hang on, and put to the vote. Pure.
 */
import { vehicleClasses, type ObjectClass } from '../object-class.ts';
import type { Box } from '../place.ts';
import type { PlateMatch } from '../plate-list.ts';
import type { PlateRead } from '../plate.ts';
import type { Track, TrackId } from '../track.ts';
import type { ZoneId } from '../id.ts';
import { foldPlate, matchPlate, plateDistance, plateMatches } from './plate-match.ts';
import { freshPlateVote, plateSoFar, votePlate, type PlateVote } from './plate-vote.ts';

/** Not read for so long, ms, and its vehicle is not followed any more: it has passed. Trackers lose and find again. */
const goneMs = 20_000;
/** The same where no vehicle was seen: it may stand at a barrier. */
const aloneMs = 60_000;
/** One reading alone is told when it is over, from this score on. */
export const leastAlone = 0.5;
/** Texts of this many characters that differ in two may be one plate, when they hang on one vehicle or follow each other. */
const longEnough = 6;
/** Readings so long after one another, ms, follow each other. */
const followsMs = 5_000;
/** A view that is so much better takes the place of the picture. */
const betterView = 0.08;
/** Around a vehicle's box, as a part of it: plates stand at its edge, and the picture may be another than the one it was found in. */
const margin = 0.2;
/** Enough of readings that agree; tries at a vehicle that moves, and at one that stands. */
const enough = 3;
const mostTries = { moving: 60, standing: 8 } as const;
const mostPassings = 24;

/** One plate of one picture. `zoneId`: where it stands. */
export type PlateSight = Pick<PlateRead, 'text' | 'score' | 'box'> & { zoneId: ZoneId | null };
type View = { atMs: number; score: number; box: Box };
export type Passing = {
  key: number;
  trackId: TrackId | null;
  class: ObjectClass | null;
  zoneId: ZoneId | null;
  vote: PlateVote;
  /** In how many pictures it was read. */
  found: number;
  sinceMs: number;
  lastMs: number;
  best: View;
  told: boolean;
};
export type Passings = { nextKey: number; passings: Passing[]; tries: { id: TrackId; count: number }[] };
export const freshPassings: Passings = { nextKey: 1, passings: [], tries: [] };

export type PassingOutput =
  /** It was read in this picture. */
  | { is: 'read'; passing: Passing; box: Box }
  /** This picture shows it better than those before: comes before it is told. */
  | { is: 'view'; passing: Passing }
  /** A plate is known, or (`again`) another text is thought to be right. `score`: how sure that is, 0 … 1. */
  | { is: 'told'; passing: Passing; text: string; score: number; again: boolean }
  /** It was seen last at `atMs`. */
  | { is: 'end'; passing: Passing; atMs: number };

const isVehicle = (t: Track): boolean => vehicleClasses.includes(t.class);

/** The vehicle that a plate hangs on: the smallest that holds its middle. */
export function vehicleOf(plate: Box, tracks: readonly Track[]): Track | null {
  const [x, y] = [plate.x + plate.width / 2, plate.y + plate.height / 2];
  const holds = ({ box }: Track): boolean =>
    x >= box.x - margin * box.width &&
    x <= box.x + (1 + margin) * box.width &&
    y >= box.y - margin * box.height &&
    y <= box.y + (1 + margin) * box.height;
  const size = ({ box }: Track): number => box.width * box.height;
  return tracks.filter((t) => isVehicle(t) && holds(t)).sort((a, b) => size(a) - size(b))[0] ?? null;
}

/** Vehicles whose plate is worth looking for: not known well enough yet, and not tried at in vain for too long. */
export const unread = (state: Passings, tracks: readonly Track[]): Track[] =>
  tracks.filter((t) => {
    if (!isVehicle(t) || t.state === 'hidden') return false;
    const passing = state.passings.findLast((p) => p.trackId === t.id);
    if (passing?.told === true && agreeing(passing.vote).length >= enough) return false;
    const tried = state.tries.find((one) => one.id === t.id)?.count ?? 0;
    return tried < (t.state === 'still' ? mostTries.standing : mostTries.moving);
  });

const agreeing = (vote: PlateVote) => {
  const best = plateSoFar(vote);
  return best === null ? [] : vote.reads.filter((r) => r.text === best.text);
};

/** How sure the text is: how far readings agree, and that not all that agree are wrong. */
function sureness(vote: PlateVote, agreement: number): number {
  const wrong = agreeing(vote).reduce((all, r) => all * (1 - r.score), 1);
  const best = Math.max(0, ...vote.reads.map((r) => r.score));
  return Math.min(1, agreement * (agreeing(vote).length === 0 ? best : 1 - wrong));
}

/** How close a reading is to what a passing is thought to be, 0 the closest; null: another plate. */
function closeness(passing: Passing, text: string): number | null {
  const best = plateSoFar(passing.vote);
  if (best === null) return null;
  const match: PlateMatch | null = matchPlate(best.text, text);
  if (match !== null) return plateMatches.indexOf(match);
  const [a, b] = [foldPlate(best.text), foldPlate(text)];
  return Math.min(a.length, b.length) >= longEnough && plateDistance(a, b) === 2 ? plateMatches.length : null;
}

export type PassingInput = {
  atMs: number;
  /** null: nobody read this time. */
  reads: readonly PlateSight[] | null;
  /** What is followed now. */
  tracks: readonly Track[];
  /** Vehicles that were looked at for this. */
  tried?: readonly TrackId[];
};

export function stepPassings(state: Passings, input: PassingInput): [Passings, PassingOutput[]] {
  const { atMs, tracks } = input;
  const outputs: PassingOutput[] = [];
  let { nextKey } = state;
  let passings = state.passings;
  const tries = new Map(state.tries.map((t) => [t.id, t.count]));
  for (const id of input.tried ?? []) tries.set(id, (tries.get(id) ?? 0) + 1);

  const reads = [...(input.reads ?? [])].sort((a, b) => b.score - a.score);
  const hung = reads.map((read) => ({ read, track: vehicleOf(read.box, tracks) }));
  // A vehicle shows one plate: of others on it (signs, telephone numbers) the surest reading stays.
  const shown = hung.filter(({ track }, i) => track === null || hung.findIndex((h) => h.track?.id === track.id) === i);
  const taken = new Set<number>();
  for (const { read, track } of shown) {
    const near = passings
      .filter((p) => !taken.has(p.key))
      .flatMap((p) => {
        const own = track !== null && p.trackId === track.id;
        const close = closeness(p, read.text);
        // Two that stand beside each other and differ in a character are two: each is seen with its own vehicle.
        const others = track !== null && p.trackId !== null && !own && tracks.some((t) => t.id === p.trackId);
        const loose = close === null ? !own || agreeing(p.vote).length >= 2 : others && close > 1;
        if (loose || (close === plateMatches.length && !own && atMs - p.lastMs > followsMs)) return [];
        return [{ p, rank: (close ?? plateMatches.length + 1) + (own ? 0 : 0.5) }];
      })
      .sort((a, b) => a.rank - b.rank)[0]?.p;
    const [vote, said] = votePlate(near?.vote ?? freshPlateVote, {
      ...{ text: read.text, score: read.score, box: read.box, atMs },
    });
    if (vote.reads.length === 0) continue;
    const view: View = { atMs, score: read.score, box: read.box };
    const isBetter = near === undefined || read.score > near.best.score + betterView;
    const passing: Passing = {
      key: near?.key ?? nextKey++,
      trackId: track?.id ?? near?.trackId ?? null,
      class: track?.class ?? near?.class ?? null,
      zoneId: read.zoneId ?? near?.zoneId ?? null,
      vote,
      found: (near?.found ?? 0) + 1,
      sinceMs: near?.sinceMs ?? atMs,
      lastMs: Math.max(near?.lastMs ?? atMs, atMs),
      best: isBetter ? view : near.best,
      told: (near?.told ?? false) || said !== null,
    };
    taken.add(passing.key);
    passings = near === undefined ? [...passings, passing] : passings.map((p) => (p === near ? passing : p));
    outputs.push({ is: 'read', passing, box: read.box });
    if (isBetter) outputs.push({ is: 'view', passing });
    if (said !== null)
      outputs.push({ is: 'told', passing, text: said.text, score: sureness(vote, said.score), again: said.again });
  }

  const here = new Map(tracks.map((t) => [t.id, t]));
  const end = (passing: Passing): void => {
    const alone = passing.told ? null : plateSoFar(passing.vote);
    if (alone !== null && passing.best.score >= leastAlone)
      outputs.push({ is: 'told', passing, text: alone.text, score: sureness(passing.vote, alone.score), again: false });
    if (passing.told || (alone !== null && passing.best.score >= leastAlone))
      outputs.push({ is: 'end', passing, atMs: passing.lastMs });
  };
  const staying: Passing[] = [];
  for (const passing of passings) {
    const track = passing.trackId === null ? undefined : here.get(passing.trackId);
    const sinceRead = atMs - passing.lastMs;
    const over = track !== undefined ? false : sinceRead > (passing.trackId === null ? aloneMs : goneMs);
    if (over) end(passing);
    else staying.push(track === undefined ? passing : { ...passing, lastMs: Math.max(passing.lastMs, track.lastMs) });
  }
  while (staying.length > mostPassings) {
    const oldest = staying.shift();
    if (oldest !== undefined) end(oldest);
  }
  const known = [...tries].filter(([id]) => here.has(id)).map(([id, count]) => ({ id, count }));
  return [{ nextKey, passings: staying, tries: known }, outputs];
}

/** Nobody looks any more: what goes on is over. */
export function endPassings(state: Passings): PassingOutput[] {
  const last = Math.max(0, ...state.passings.map((p) => p.lastMs)) + aloneMs + 1;
  return stepPassings(state, { atMs: last, reads: null, tracks: [] })[1];
}
