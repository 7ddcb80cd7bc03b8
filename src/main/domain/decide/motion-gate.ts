/**
 * Whether something moves in a camera's picture, judged from grey pictures of 320 × 180 that come 0.2 to 5 times a second. Depends on
 * nothing but what it is given, and uses that up: states are written anew in place.
 *
 * The fine structure of each picture (fine-structure.ts: soft light is gone from it) is compared with a slowly learned background
 * in 40 × 30 cells. Each cell knows how much it differs when nothing happens, and how much that varies: noise, coding, rain and
 * leaves raise its own threshold. What is left must also differ from the picture about a second ago (a parked car, or the place
 * where one stood, is no motion), and must not be found again a few pixels off (swaying, trembling). A shaken camera is followed.
 * When everything changes at once (infrared, a lamp, a turned camera), that is `global`, and the scene is learned anew.
 * docs/adr/0018-motion-gate.md has the measurements behind the numbers.
 */
import {
  blend,
  cellDifference,
  cellDifferences,
  cellStrength,
  fineStructure,
  freshFine,
  moved,
  nearestDifference,
  scaledDifference,
  shakeOf,
} from '../fine-structure.ts';
import { cellCount, cellRegions } from '../motion-cells.ts';
import { gateGrid } from '../watching.ts';
import { noiseOf } from './cell-noise.ts';
import { followMotion, freshFollowing, type FollowedRegion, type MotionFollowing } from './motion-region.ts';
import { freshPassing, part, passesOften, passingCells, type Passing } from './passing.ts';
import { fairWeather, weather, type Weather } from './weather.ts';

const { columns, rows } = gateGrid;

/** A scene is known after so many pictures and ms. */
const learnLooks = 4;
const learnMs = 2_500;
/** After a global change so many pictures are enough. */
const learnAgainLooks = 3;
/** Time constants, ms: of the background where nothing differs, where something stands, where something moves. */
const followStillMs = 12_000;
const followStandingMs = 40_000;
const followMovingMs = 120_000;
/** Time constants of what a cell usually differs by, ms: while it is calm, and while it is not. */
const usualCalmMs = 15_000;
const usualMovingMs = 60_000;
/** The same of what passes and is not of that place, ms; and the most that a calm cell teaches where it often does. */
const usualPassingMs = 600_000;
const mostWherePassed = 0.5;
/** How often a cell was not calm lately: over so many ms. */
const restlessMs = 120_000;
/** Least step that counts (units of fine structure), and how many usual deviations. */
const leastStep = 1.3;
const deviations = 4;
/** Part of the strength of structure in a cell that half a pixel's shift may change. */
const shiftPart = 0.4;
/** The same where much differs, and for so long after it, ms: the camera may tremble. */
const shakenPart = 0.9;
const tremblesMs = 20_000;
/** Noise of the picture before comes on top of today's. */
const noiseOfTwo = 1.4;
/** The picture to compare with is at least so old, ms: slower things would not have moved. */
const beforeMs = 700;
/** So many cells of all that differ: the camera may have been shaken, which is tried. So many: everything may have changed. */
const movedFrom = 0.015;
const shakenFrom = 0.06;
const globalFrom = 0.4;
/** Or so many of 5 × 5 parts of the picture, each with so many of its cells. */
const globalParts = 17;
const globalOfPart = 0.2;
/** A camera that stays where it was shaken to for so long, ms, is there to stay. */
const shiftedMs = 10_000;
/** A pause this long, ms: the scene is learned anew. */
const pauseMs = 120_000;

/** What a gate knows of a scene. `motionGate` uses up the one that it is given: its arrays are written anew. */
export type MotionGate = {
  /** Pictures since the scene is being learned, and when that began; null before the first picture. */
  looks: number;
  sinceMs: number;
  atMs: number;
  /** After a global change: learned anew in fewer pictures. */
  again: boolean;
  background: Float32Array;
  /** Where the next picture's fine structure is written. */
  spare: Float32Array;
  /** A picture about a second old, and where the shaken camera looked then. */
  before: { atMs: number; fine: Float32Array; dx: number; dy: number };
  /** Where it looks now, and since when, in points of the fine structure. */
  shake: { dx: number; dy: number; sinceMs: number };
  /** When the camera was shaken last, or much differed; null: never. */
  shakenMs: number | null;
  /** By cell: what it usually differs by, how much that varies, how restless it is (0 … 1). */
  usual: Float32Array;
  varies: Float32Array;
  restless: Float32Array;
  passing: Passing;
  following: MotionFollowing;
  weather: Weather;
} | null;

export type MotionInput = {
  atMs: number;
  /** 320 × 180 grey levels; privacy zones already black. */
  grey: Uint8Array;
  /** `cellMask` of the camera's zones. */
  mask: Uint8Array;
  /** 0 hardly anything counts, 1 a leaf does. */
  sensitivity: number;
  /** Part of the picture that must change. */
  minArea: number;
  /** The camera was turned on purpose, or sends another picture size. */
  anew: boolean;
  /** It came on top of those as often as asked for: what moved is followed to it, and nothing else is learned from it. */
  second: boolean;
};

export type MotionResult = {
  atMs: number;
  is: 'learning' | 'still' | 'motion' | 'global';
  /** One byte a cell: 1 where something moves. */
  cells: Uint8Array;
  /** What moves, largest first, 32 at most. Empty unless `is` is motion. */
  regions: FollowedRegion[];
  /** Drops or flakes fall, or the camera was shaken lately: what looks like motion may be of that. */
  restless: boolean;
};

export const freshMotionGate: MotionGate = null;

/** Most regions that are told of one picture. */
const mostRegions = 32;

/** 3 at 0, 1 at a half, 0.4 at 1. */
const strictness = (sensitivity: number): number =>
  sensitivity <= 0.5 ? 3 - 4 * sensitivity : 1 - 1.2 * (sensitivity - 0.5);

/** Nothing moves: shared by all pictures in which it is so, never written to. */
export const noCells = new Uint8Array(cellCount);
const unmovedCells = new Float32Array(cellCount);
const movedCells = new Float32Array(cellCount);
const thresholdCells = new Float32Array(cellCount);
const followCells = new Float32Array(cellCount);
const raisedCells = new Uint8Array(cellCount);
const movingCells = new Uint8Array(cellCount);
const standingCells = new Uint8Array(cellCount);
const watchedCells = new Uint8Array(cellCount);

/** The state that is given must not be used again. */
export function motionGate(state: MotionGate, input: MotionInput): [MotionGate, MotionResult] {
  const { atMs } = input;
  const fine = fineStructure(input.grey, state?.spare ?? freshFine());
  const quiet = (is: MotionResult['is']): MotionResult => ({ atMs, is, cells: noCells, regions: [], restless: false });
  if (state === null || input.anew || atMs - state.atMs > pauseMs) return [begin(atMs, fine), quiet('learning')];

  const differs = cellDifferences(fine, state.background, unmovedCells);
  const learned = state.looks >= (state.again ? learnAgainLooks : learnLooks) && atMs - state.sinceMs >= learnMs;
  if (!learned) {
    const next = input.second ? state : learn(state, atMs, fine, differs);
    return [next, quiet(state.again ? 'global' : 'learning')];
  }

  const strict = strictness(input.sensitivity);
  const seen = compare(state, atMs, fine, differs, thresholdsOf(state, strict));
  if (seen === null && input.second) return [state, quiet('global')];
  if (seen === null)
    return [{ ...begin(atMs, fine), again: true, usual: state.usual, varies: state.varies }, quiet('global')];

  const isShaken = seen.count > shakenFrom * cellCount || seen.shake.dx !== 0 || seen.shake.dy !== 0;
  const shakenMs = isShaken ? atMs : state.shakenMs;
  const trembles = shakenMs !== null && Math.abs(atMs - shakenMs) < tremblesMs;
  const { moving, standing } = sort(state, fine, seen, strict, trembles);
  const watched = watchedCells;
  for (let cell = 0; cell < cellCount; cell += 1) watched[cell] = (moving[cell] ?? 0) & (input.mask[cell] ?? 0);
  const movingRegions = cellRegions(moving);
  // The weather is everywhere, whatever is watched.
  const [nextWeather, leastInWeather] = weather(state.weather, movingRegions);
  const least = Math.max(1, input.minArea * cellCount, leastInWeather);
  const [following, regions] = followMotion(state.following, { atMs, regions: cellRegions(watched), least });
  const cells = regions.length > 0 ? watched.slice() : noCells;
  const { dx, dy } = seen.shake;
  const is = regions.length > 0 ? 'motion' : 'still';
  const restless = leastInWeather > 0 || dx !== 0 || dy !== 0 || Math.abs(atMs - state.shake.sinceMs) < tremblesMs;
  const result: MotionResult = { ...{ atMs, is, cells, regions: regions.slice(0, mostRegions) }, restless };
  if (input.second) return [{ ...state, following }, result];
  const beforeIsOld = atMs - state.before.atMs >= beforeMs || atMs < state.before.atMs;
  // Drops, and the scene before a shaken camera, pass everywhere: habits.
  const isWeather = leastInWeather > 0 || dx !== 0 || dy !== 0;
  const stepMs = atMs > state.atMs ? atMs - state.atMs : 1_000;
  const passable = { stepMs, fine, differs: seen.differs, moving, regions: isWeather ? [] : movingRegions };
  const passes = passingCells(state.passing, { ...passable, trembles: restless });
  const next: MotionGate = {
    ...state,
    background: relearn(state, { stepMs, atMs, fine, seen, moving, standing, passes, isWeather }),
    looks: state.looks + 1,
    atMs,
    ...(beforeIsOld ? { before: { atMs, fine, dx, dy }, spare: state.before.fine } : {}),
    shake: dx === state.shake.dx && dy === state.shake.dy ? state.shake : { dx, dy, sinceMs: atMs },
    shakenMs,
    following,
    weather: nextWeather,
  };
  return [next, result];
}

type Sorted = { moving: Uint8Array; standing: Uint8Array };
type Seen = {
  shake: { dx: number; dy: number };
  /** The background as the shaken camera sees it. */
  background: Float32Array;
  differs: Float32Array;
  thresholds: Float32Array;
  /** 1: not calm. */
  raised: Uint8Array;
  count: number;
};

/** Which cells are not calm, the camera's shaking taken off; null where everything changed at once. */
function compare(
  state: NonNullable<MotionGate>,
  atMs: number,
  fine: Float32Array,
  unmoved: Float32Array,
  thresholds: Float32Array,
): Seen | null {
  let [background, differs, shake] = [state.background, unmoved, { dx: 0, dy: 0 }];
  let raised = above(differs, thresholds, noiseOf(differs, state.usual, state.passing));
  if (raised.count > movedFrom * cellCount) {
    const found = shakeOf(fine, background);
    if (found !== null) {
      shake = found;
      background = moved(background, shake.dx, shake.dy);
      differs = cellDifferences(fine, background, movedCells);
      raised = above(differs, thresholds, noiseOf(differs, state.usual, state.passing));
    }
    if (isGlobal(raised.cells, raised.count)) return null;
  }
  return { shake, background, differs, thresholds, raised: raised.cells, count: raised.count };
}

/**
 * By how much a cell differs when the background may lie a little off, or be drawn more or less strongly. Less exactly where that
 * is not above `from`.
 */
function leastDifference(fine: Float32Array, background: Float32Array, cell: number, from: number): number {
  const scaled = scaledDifference(fine, background, cell);
  return scaled <= from ? scaled : Math.min(scaled, nearestDifference(fine, background, cell));
}

/** What of the cells that are not calm moves, and what only stands where it did not stand. */
function sort(
  state: NonNullable<MotionGate>,
  fine: Float32Array,
  { shake, background, thresholds, raised, count }: Seen,
  strict: number,
  trembles: boolean,
): Sorted {
  const moving = movingCells.fill(0);
  const standing = standingCells.fill(0);
  if (count === 0) return { moving, standing };
  const slack = trembles ? shakenPart : shiftPart;
  const [dx, dy] = [shake.dx - state.before.dx, shake.dy - state.before.dy];
  const before = dx === 0 && dy === 0 ? state.before.fine : moved(state.before.fine, dx, dy);
  for (let cell = 0; cell < cellCount; cell += 1) {
    if (raised[cell] === 0) continue;
    const usual = state.usual[cell] ?? 0;
    const from = Math.max(thresholds[cell] ?? 0, usual + slack * cellStrength(background, cell));
    if (cellDifference(fine, before, cell) < noiseOfTwo * usual + (leastStep * strict) / 2) standing[cell] = 1;
    else if (leastDifference(fine, background, cell, from) > from) moving[cell] = 1;
  }
  return { moving, standing };
}

function begin(atMs: number, fine: Float32Array): NonNullable<MotionGate> {
  return {
    looks: 1,
    sinceMs: atMs,
    atMs,
    again: false,
    background: fine.slice(),
    spare: freshFine(),
    before: { atMs, fine, dx: 0, dy: 0 },
    shake: { dx: 0, dy: 0, sinceMs: atMs },
    shakenMs: null,
    usual: new Float32Array(cellCount),
    varies: new Float32Array(cellCount).fill(0.4),
    restless: new Float32Array(cellCount),
    passing: freshPassing(fine),
    following: freshFollowing,
    weather: fairWeather,
  };
}

/** Plain averages over the first pictures. */
function learn(
  state: NonNullable<MotionGate>,
  atMs: number,
  fine: Float32Array,
  differs: Float32Array,
): NonNullable<MotionGate> {
  const looks = state.looks + 1;
  const { background, usual } = state;
  for (let i = 0; i < background.length; i += 1) {
    const was = background[i] ?? 0;
    background[i] = was + ((fine[i] ?? 0) - was) / looks;
  }
  const known = (state.again && state.looks === 1 ? 1 : 1 / (looks - 1)) * (state.again ? 0.5 : 1);
  for (let cell = 0; cell < cellCount; cell += 1) {
    const was = usual[cell] ?? 0;
    usual[cell] = was + ((differs[cell] ?? 0) - was) * known;
  }
  return { ...state, looks, atMs, before: { atMs, fine, dx: 0, dy: 0 }, spare: state.before.fine };
}

/** From which difference on a cell is not calm. */
function thresholdsOf(state: NonNullable<MotionGate>, strict: number): Float32Array {
  const { usual, varies, restless } = state;
  for (let cell = 0; cell < cellCount; cell += 1)
    thresholdCells[cell] =
      (usual[cell] ?? 0) + strict * (leastStep + deviations * (varies[cell] ?? 0) * (1 + 2 * (restless[cell] ?? 0)));
  return thresholdCells;
}

function above(differs: Float32Array, thresholds: Float32Array, noise: number): { cells: Uint8Array; count: number } {
  const cells = raisedCells.fill(0);
  let count = 0;
  for (let cell = 0; cell < cellCount; cell += 1)
    if ((differs[cell] ?? 0) > (thresholds[cell] ?? 0) + 2 * noise) {
      cells[cell] = 1;
      count += 1;
    }
  return { cells, count };
}

/** Everything changed at once: most cells, or some cells everywhere. */
function isGlobal(cells: Uint8Array, count: number): boolean {
  if (count >= globalFrom * cellCount) return true;
  const across = 5;
  const partCells = cellCount / across ** 2;
  const parts = new Uint16Array(across ** 2);
  for (let cell = 0; cell < cellCount; cell += 1) {
    if (cells[cell] === 0) continue;
    const column = cell % columns;
    const row = (cell - column) / columns;
    const at = Math.floor((row * across) / rows) * across + Math.floor((column * across) / columns);
    parts[at] = (parts[at] ?? 0) + 1;
  }
  return parts.filter((n) => n >= globalOfPart * partCells).length >= globalParts;
}

/** Takes this picture into the habits of the cells and the background, which is the answer. */
function relearn(
  state: NonNullable<MotionGate>,
  input: Sorted & {
    stepMs: number;
    atMs: number;
    fine: Float32Array;
    seen: Seen;
    passes: Uint8Array;
    isWeather: boolean;
  },
): Float32Array {
  const { stepMs, atMs, seen, moving, standing, passes } = input;
  const followStill = part(stepMs, followStillMs);
  const followStanding = part(stepMs, followStandingMs);
  const followMoving = part(stepMs, followMovingMs);
  const calm = part(stepMs, usualCalmMs);
  const notCalm = part(stepMs, usualMovingMs);
  const passing = part(stepMs, usualPassingMs);
  const lately = part(stepMs, restlessMs);
  const { usual, varies, restless } = state;
  for (let cell = 0; cell < cellCount; cell += 1) {
    const was = usual[cell] ?? 0;
    const spread = varies[cell] ?? 0;
    const rest = restless[cell] ?? 0;
    const more = (seen.differs[cell] ?? 0) - was;
    const raised = seen.raised[cell] === 1;
    const stands = standing[cell] === 1;
    const foreign = more > 0 && passes[cell] === 1;
    const off =
      !raised && !input.isWeather && passesOften(state.passing, cell) ? Math.min(more, mostWherePassed) : more;
    // Where something stands the background learns it; the cell's habits are not of it, nor of what passes.
    const pace = stands ? 0 : foreign ? passing : raised ? notCalm : calm;
    usual[cell] = was + pace * off;
    varies[cell] = spread + pace * (Math.abs(off) - spread);
    restless[cell] = rest + lately * ((raised && !stands && !foreign ? 1 : 0) - rest);
    followCells[cell] = stands ? followStanding : moving[cell] === 1 ? followMoving : followStill;
  }
  const shaken = seen.background !== state.background;
  const stays =
    atMs - state.shake.sinceMs >= shiftedMs && state.shake.dx === seen.shake.dx && state.shake.dy === seen.shake.dy;
  // A shaken picture teaches nothing, unless the camera stays like that.
  if (shaken && !stays) return state.background;
  blend(seen.background, input.fine, followCells);
  return seen.background;
}

/**
 * Whether a detector should look at a picture: something moves; or the scene is new, or has become another at once, and nobody
 * knows yet who is in it; or nothing moves, and it is wanted all the same (`keepsLooking`, or no detector has looked yet).
 */
export const wantsDetector = (is: MotionResult['is'], allTheSame: boolean): boolean => allTheSame || is !== 'still';
