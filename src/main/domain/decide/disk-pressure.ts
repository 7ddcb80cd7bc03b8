/**
 * What gives way when a disk does not keep up, the least worth first: the sub streams of cameras whose main stream is recorded, then all
 * other sub streams. A main stream is never told to; it drops pictures of its own only when its memory is full. When the disk has kept
 * up for a while they come back, a few at first and then more at a time, so that their coming is not what makes the disk slow again; those
 * whose coming did give way anew, no others, and come back later each time that it was too early. Pure.
 */
import type { StreamId } from '../id.ts';

export type PressureState = {
  /** So many sub streams are recorded, in the order in which they come back (`comingOrder`); Infinity: all. */
  back: number;
  /** What `back` was before each step towards more that can still be taken back, oldest first. */
  steps: readonly number[];
  /** So many come back first at most: fewer where as many were too many; Infinity: nothing speaks against it. */
  firstMost: number;
  /** When there were last more or fewer, and whether more. */
  atMs: number;
  eased: boolean;
  /** When it was last seen whether giving way helps, and how far the disk was behind then. */
  seenMs: number;
  seenLagMs: number;
  /** Since when the disk keeps up; null: it does not. */
  calmSinceMs: number | null;
  /** How long it must keep up before the first come back. */
  calmMs: number;
};

/** How far the disk of a volume is behind, and who could give way on it. */
export type PressureSight = {
  atMs: number;
  /** How long ago the oldest came that is not on disk, of any stream, ms: up to a second of it is gathering. */
  lagMs: number;
  /** The same of streams where what waits longest has waited for its file to be made; it says little of what the disk can do. */
  openingMs: number;
  /** How full the memory of the stream is that has most waiting, of 1. */
  fill: number;
  /** Some stream that was not told to is dropping pictures. */
  dropping: boolean;
  /** Sub streams that are to be recorded: beside a main stream that is, and others. */
  beside: number;
  alone: number;
};

/** Nobody needs to give way below this: a healthy disk that is being spun up may take that long. */
export const behindMs = 3_000;
/**
 * Where many begin at once (a start, a network that comes back) making their files takes as long as it takes: while memory bears it
 * pictures wait there, and none is lost.
 */
export const openingBehindMs = 10_000;
const keepsUpMs = 1_500;
/** So full is it on the way to dropping, where a stream is large. */
export const filling = 0.35;
const nearlyFull = 0.7;
/** What was told last has worked by then. */
const stepMs = 5_000;
/** After one step towards more the next, where the disk went on keeping up. */
const settleMs = 4_000;
const shortestCalmMs = 15_000;
const longestCalmMs = 600_000;
/** So many of all come back first; twice as many with each step after it. */
const firstPart = 1 / 16;

export const noPressure: PressureState = {
  back: Infinity,
  steps: [],
  firstMost: Infinity,
  atMs: -Infinity,
  eased: false,
  seenMs: -Infinity,
  seenLagMs: 0,
  calmSinceMs: null,
  calmMs: shortestCalmMs,
};

export const isPressed = (state: PressureState): boolean => state.back !== Infinity;

export function diskPressure(was: PressureState, sight: PressureSight): PressureState {
  const { atMs, fill, dropping } = sight;
  const lagMs = Math.max(sight.lagMs, sight.openingMs);
  const behind =
    dropping ||
    sight.lagMs >= behindMs ||
    sight.openingMs >= openingBehindMs ||
    (fill >= filling && lagMs >= behindMs / 2);
  const keepsUp = !dropping && lagMs < keepsUpMs && fill < filling;
  const calmSinceMs = keepsUp ? (was.calmSinceMs ?? atMs) : null;
  const now = { ...was, calmSinceMs };
  if (behind) return more(now, sight, lagMs);
  return isPressed(was) && calmSinceMs !== null ? fewer(now, sight, calmSinceMs) : now;
}

/** More give way, where it is time for that. */
function more(was: PressureState, sight: PressureSight, lagMs: number): PressureState {
  const { atMs, alone } = sight;
  const urgent = sight.dropping || sight.fill >= nearlyFull;
  const pressed = isPressed(was);
  if (pressed && was.back === 0) return was;
  if (pressed && !urgent) {
    // What came back a moment ago goes at once; for what was told to go, it is waited.
    if (!was.eased && atMs - was.seenMs < stepMs) return was;
    // It works: let it.
    if (lagMs < was.seenLagMs) return { ...was, seenMs: atMs, seenLagMs: lagMs };
  }
  /** It was too early for those who came last. */
  const early = was.eased && (pressed || atMs - was.atMs < 4 * was.calmMs);
  const steps = pressed || early ? was.steps : [];
  const last = steps.at(-1);
  const tooMany = last === undefined ? Infinity : Math.min(was.back, alone + sight.beside) - last;
  // Where main streams are about to lose pictures it does not matter whose fault it is.
  const taken = urgent || last === undefined ? (was.back > alone && sight.beside > 0 ? alone : 0) : last;
  return {
    ...was,
    back: taken,
    steps: steps.filter((before) => before < taken),
    firstMost: last === undefined ? (pressed ? was.firstMost : Infinity) : Math.max(1, Math.floor(tooMany / 2)),
    atMs,
    eased: false,
    seenMs: atMs,
    seenLagMs: lagMs,
    calmMs: early ? Math.min(was.calmMs * 2, longestCalmMs) : pressed ? was.calmMs : shortestCalmMs,
  };
}

/** Fewer give way, where the disk has kept up for long enough. */
function fewer(was: PressureState, { atMs, beside, alone }: PressureSight, calmSinceMs: number): PressureState {
  if (atMs - calmSinceMs < (was.eased ? settleMs : was.calmMs)) return was;
  const all = beside + alone;
  const before = was.steps.at(-1);
  const first = Math.min(was.firstMost, Math.max(1, Math.ceil(all * firstPart)));
  const step = was.eased && before !== undefined ? Math.max(1, 2 * (was.back - before)) : first;
  const back = was.back + step >= all ? Infinity : was.back + step;
  return {
    ...was,
    back,
    steps: [...was.steps, was.back],
    atMs,
    eased: true,
    seenMs: atMs,
    seenLagMs: 0,
    calmSinceMs: atMs,
  };
}

/** A camera's streams on the volume; `recorded`: it is asked for now. */
export type Yielding = {
  main: { id: StreamId; recorded: boolean };
  sub: { id: StreamId; recorded: boolean } | null;
};

/** The sub streams that are to be recorded, those first that come back first. `beside`, `alone`: as `PressureSight` counts them. */
export function comingOrder(cameras: readonly Yielding[]): { ids: StreamId[]; beside: number; alone: number } {
  const wanted = cameras.filter(({ sub }) => sub?.recorded === true);
  const alone = wanted.filter(({ main }) => !main.recorded);
  const beside = wanted.filter(({ main }) => main.recorded);
  return {
    ids: [...alone, ...beside].flatMap(({ sub }) => (sub === null ? [] : [sub.id])),
    beside: beside.length,
    alone: alone.length,
  };
}

/** The streams that give way. */
export const givingWay = (state: PressureState, cameras: readonly Yielding[]): StreamId[] =>
  isPressed(state) ? comingOrder(cameras).ids.slice(state.back) : [];
