/**
 * Where something passes that is not of its place: vehicles on a road, people in a passage. What sways, trembles or falls differs by
 * no more than the structure that is there anyhow; a vehicle on plain asphalt by much more. Such differences must not become a
 * habit of the place, or the motion gate would see nothing more of a busy road. Pure, but for its state, which is written anew in place.
 */
import { cellStrength } from '../fine-structure.ts';
import { cellCount, type CellRegion } from '../motion-cells.ts';
import { gateGrid } from '../watching.ts';

const { columns, rows } = gateGrid;

export type Passing = {
  /** By cell: strength of the structure that is there while nothing passes. */
  own: Float32Array;
  /** By cell: how often something passes, 0 … 1. */
  often: Float32Array;
  /** Which cells are measured next. */
  turn: number;
};

/** What differs by so many times the structure of its place, and so many units more, is not of it. */
const ownTimes = 1.5;
const ownOver = 1.3;
/** Smaller regions are nothing, unless they are parts of something large; while the camera trembles they may be of that. */
const leastCells = 4;
const largeCells = 24;
/** Time constants, ms: of the structure of a place where there is less than was thought, and where there is more; and of `often`. */
const lessMs = 15_000;
const moreMs = 120_000;
const oftenMs = 60_000;
/** In so many pictures a cell is measured once. */
const turns = 5;
/** Of all pictures, in which something passes, from where on it does so often. */
const oftenFrom = 0.2;

export const freshPassing = (fine: Float32Array): Passing => ({
  own: Float32Array.from({ length: cellCount }, (_, cell) => cellStrength(fine, cell)),
  often: new Float32Array(cellCount),
  turn: 0,
});

/** Written anew by each call. */
const passingNow = new Uint8Array(cellCount);
/** Part of the way that an average with time constant `overMs` goes in `stepMs`. */
export const part = (stepMs: number, overMs: number): number => 1 - Math.exp(-stepMs / overMs);

/** 1 where something passes in this picture, with the cells around. `regions`: of `moving`, largest first. Good until the next call. */
export function passingCells(
  state: Passing,
  input: {
    stepMs: number;
    fine: Float32Array;
    differs: Float32Array;
    moving: Uint8Array;
    regions: readonly CellRegion[];
    /** It did lately. */
    trembles: boolean;
  },
): Uint8Array {
  const { stepMs, fine, differs, moving, regions, trembles } = input;
  const { own, often } = state;
  passingNow.fill(0);
  const isLarge = (regions[0]?.cells ?? 0) >= largeCells;
  const least = trembles ? largeCells : isLarge ? 1 : leastCells;
  for (const { box, cells } of regions) {
    if (cells < least) continue;
    const [left, top] = [Math.round(box.x * columns), Math.round(box.y * rows)];
    const [right, bottom] = [left + Math.round(box.width * columns), top + Math.round(box.height * rows)];
    let count = 0;
    for (let row = top; row < bottom; row += 1)
      for (let column = left; column < right; column += 1) {
        const cell = row * columns + column;
        if (moving[cell] === 0 || (differs[cell] ?? 0) <= ownTimes * (own[cell] ?? 0) + ownOver) continue;
        count += 1;
        mark(column - 1, row - 1, column + 2, row + 2);
      }
    if (count >= cells / 2) mark(left - 1, top - 1, right + 1, bottom + 1);
  }
  const lately = part(stepMs, oftenMs);
  for (let cell = 0; cell < cellCount; cell += 1) {
    const before = often[cell] ?? 0;
    often[cell] = before + lately * ((passingNow[cell] ?? 0) - before);
  }
  measure(state, fine, stepMs);
  return passingNow;
}

/** Structure changes slowly: each picture some of the cells are measured. */
function measure(state: Passing, fine: Float32Array, stepMs: number): void {
  const { own, turn } = state;
  const [less, more] = [part(turns * stepMs, lessMs), part(turns * stepMs, moreMs)];
  for (let cell = turn; cell < cellCount; cell += turns) {
    const was = own[cell] ?? 0;
    const strength = cellStrength(fine, cell);
    own[cell] = was + (strength < was ? less : more) * (strength - was);
  }
  state.turn = (turn + 1) % turns;
}

/** Whether something passes there so often that what hardly differs is of it, too. */
export const passesOften = ({ often }: Passing, cell: number): boolean => (often[cell] ?? 0) >= oftenFrom;

function mark(left: number, top: number, right: number, bottom: number): void {
  for (let y = Math.max(0, top); y < Math.min(rows, bottom); y += 1)
    passingNow.fill(1, y * columns + Math.max(0, left), y * columns + Math.min(columns, right));
}
