/**
 * The fine structure of a small grey picture: what light leaves as it is. Grey levels are taken as logarithms, so that a lamp, a
 * cloud or the camera's exposure adds the same to a whole neighbourhood, and of those each point keeps only what it differs by
 * from the points around it. Soft light is gone by that; edges of things stay. Pure.
 */
import { greyHeight, greyWidth } from './grey-size.ts';
import { gateGrid } from './watching.ts';

/** Points of the fine structure: each of 2 × 2 pixels. */
export const fineWidth = greyWidth / 2;
export const fineHeight = greyHeight / 2;

const { columns, rows } = gateGrid;
/** Points of a cell of the gate's grid. */
export const cellWidth = fineWidth / columns;
export const cellHeight = fineHeight / rows;
const cellPoints = cellWidth * cellHeight;

/** Levels this dark are noise and coding: they weigh less. */
const darkLevel = 16;
/** A unit is a 64th of e-fold. By the sum of 4 pixels, 0 … 1020. */
const logOfSum = Float32Array.from({ length: 1021 }, (_, sum) => 64 * Math.log(sum / 4 + darkLevel));

/** Written anew by each call: memory is asked for once, since pictures come by the hundred a second. */
const level = new Float32Array(fineWidth * fineHeight);

export const freshFine = (): Float32Array => new Float32Array(fineWidth * fineHeight);

/** Of 320 × 180 grey levels; 160 × 90 numbers, 0 at the edges. Written to `fine`, whose edges are 0 already. */
export function fineStructure(grey: Uint8Array, fine: Float32Array): Float32Array {
  for (let y = 0, at = 0; y < fineHeight; y += 1) {
    let i = 2 * y * greyWidth;
    for (let x = 0; x < fineWidth; x += 1, at += 1, i += 2) {
      const sum = (grey[i] ?? 0) + (grey[i + 1] ?? 0) + (grey[i + greyWidth] ?? 0) + (grey[i + greyWidth + 1] ?? 0);
      level[at] = logOfSum[sum] ?? 0;
    }
  }
  for (let y = 1; y < fineHeight - 1; y += 1) {
    const to = (y + 1) * fineWidth - 1;
    for (let i = y * fineWidth + 1; i < to; i += 1) {
      const around =
        (level[i - 1] ?? 0) + (level[i + 1] ?? 0) + (level[i - fineWidth] ?? 0) + (level[i + fineWidth] ?? 0);
      fine[i] = (level[i] ?? 0) - around / 4;
    }
  }
  return fine;
}

/** Mean absolute difference of two fine structures in each cell, written to `out`. */
export function cellDifferences(a: Float32Array, b: Float32Array, out: Float32Array): Float32Array {
  out.fill(0);
  let i = 0;
  for (let row = 0; row < rows; row += 1)
    for (let line = 0; line < cellHeight; line += 1) {
      let cell = row * columns;
      for (let column = 0; column < columns; column += 1, cell += 1, i += cellWidth) {
        const differ =
          Math.abs((a[i] ?? 0) - (b[i] ?? 0)) +
          Math.abs((a[i + 1] ?? 0) - (b[i + 1] ?? 0)) +
          Math.abs((a[i + 2] ?? 0) - (b[i + 2] ?? 0)) +
          Math.abs((a[i + 3] ?? 0) - (b[i + 3] ?? 0));
        out[cell] = (out[cell] ?? 0) + differ / cellPoints;
      }
    }
  return out;
}

/** The same fine structure, moved: the point (x, y) shows what was at (x + dx, y + dy); 0 where nothing was. */
export function moved(fine: Float32Array, dx: number, dy: number): Float32Array {
  const out = new Float32Array(fine.length);
  for (let y = Math.max(0, -dy); y < Math.min(fineHeight, fineHeight - dy); y += 1) {
    const from = Math.max(0, dx);
    const to = Math.min(fineWidth, fineWidth + dx);
    const row = (y + dy) * fineWidth;
    out.set(fine.subarray(row + from, row + to), y * fineWidth + from - dx);
  }
  return out;
}

/** Farthest that a shaken camera is followed, in points (a fortieth of the width). */
const farthest = 4;
/** Each third point, across and down, is compared. */
const stride = 3;
/** One point says no more than this: a person must not outweigh the scene. */
const mostOfPoint = 12;

/**
 * By how many points the whole picture moved against the background, where moving it back explains most of what differs: a
 * shaken camera. Null where it stands still, or where moving explains too little.
 */
export function shakeOf(fine: Float32Array, background: Float32Array): { dx: number; dy: number } | null {
  const cost = (dx: number, dy: number): number => {
    let sum = 0;
    for (let y = farthest; y < fineHeight - farthest; y += stride) {
      const row = y * fineWidth;
      const other = dy * fineWidth + dx;
      for (let i = row + farthest; i < row + fineWidth - farthest; i += stride) {
        const differ = Math.abs((fine[i] ?? 0) - (background[i + other] ?? 0));
        sum += differ < mostOfPoint ? differ : mostOfPoint;
      }
    }
    return sum;
  };
  const unmoved = cost(0, 0);
  let best = { dx: 0, dy: 0, sum: unmoved };
  for (let dy = -farthest; dy <= farthest; dy += 1)
    for (let dx = -farthest; dx <= farthest; dx += 1) {
      if (dx === 0 && dy === 0) continue;
      const sum = cost(dx, dy);
      if (sum < best.sum) best = { dx, dy, sum };
    }
  return best.sum < 0.8 * unmoved ? { dx: best.dx, dy: best.dy } : null;
}

/** How far leaves and wires sway, in points. */
const sway = 2;

/**
 * The least mean difference of a cell from the background, when the background may lie up to two points off: what only sways
 * or trembles is found again nearby.
 */
export function nearestDifference(fine: Float32Array, background: Float32Array, cell: number): number {
  const column = cell % columns;
  const row = (cell - column) / columns;
  const left = column * cellWidth;
  const top = row * cellHeight;
  let least = Number.POSITIVE_INFINITY;
  for (let dy = -sway; dy <= sway; dy += 1)
    for (let dx = -sway; dx <= sway; dx += 1) {
      const [x0, y0] = [left + dx, top + dy];
      if (x0 < 0 || y0 < 0 || x0 + cellWidth > fineWidth || y0 + cellHeight > fineHeight) continue;
      let sum = 0;
      for (let y = 0; y < cellHeight && sum < least; y += 1) {
        const i = (top + y) * fineWidth + left;
        const j = (y0 + y) * fineWidth + x0;
        for (let x = 0; x < cellWidth; x += 1) sum += Math.abs((fine[i + x] ?? 0) - (background[j + x] ?? 0));
      }
      if (sum < least) least = sum;
    }
  return least / cellPoints;
}

/** Lamps and darkness draw the same thing more or less strongly: by these factors at most. */
const faintest = 0.4;
const strongest = 2.5;

/** Mean absolute difference of one cell from the same cell of the background, drawn as strongly as goes best with it. */
export function scaledDifference(fine: Float32Array, background: Float32Array, cell: number): number {
  let both = 0;
  let own = 0;
  const first = firstPointOf(cell);
  for (let y = 0, i = first; y < cellHeight; y += 1, i += fineWidth)
    for (let x = i; x < i + cellWidth; x += 1) {
      const b = background[x] ?? 0;
      both += (fine[x] ?? 0) * b;
      own += b * b;
    }
  const scale = own === 0 ? 1 : Math.max(faintest, Math.min(strongest, both / own));
  let sum = 0;
  for (let y = 0, i = first; y < cellHeight; y += 1, i += fineWidth)
    for (let x = i; x < i + cellWidth; x += 1) sum += Math.abs((fine[x] ?? 0) - scale * (background[x] ?? 0));
  return sum / cellPoints;
}

/** Mean absolute difference in one cell. */
export function cellDifference(a: Float32Array, b: Float32Array, cell: number): number {
  let sum = 0;
  for (let y = 0, i = firstPointOf(cell); y < cellHeight; y += 1, i += fineWidth)
    for (let x = i; x < i + cellWidth; x += 1) sum += Math.abs((a[x] ?? 0) - (b[x] ?? 0));
  return sum / cellPoints;
}

/** Mean strength of structure in one cell. */
export function cellStrength(fine: Float32Array, cell: number): number {
  let sum = 0;
  for (let y = 0, i = firstPointOf(cell); y < cellHeight; y += 1, i += fineWidth)
    for (let x = i; x < i + cellWidth; x += 1) sum += Math.abs(fine[x] ?? 0);
  return sum / cellPoints;
}

function firstPointOf(cell: number): number {
  const column = cell % columns;
  return ((cell - column) / columns) * cellHeight * fineWidth + column * cellWidth;
}

/** Brings one fine structure on its way to another, each cell by its own part (0 stays, 1 becomes the other). */
export function blend(fine: Float32Array, to: Float32Array, parts: Float32Array): void {
  let i = 0;
  for (let row = 0; row < rows; row += 1)
    for (let line = 0; line < cellHeight; line += 1) {
      let cell = row * columns;
      for (let column = 0; column < columns; column += 1, cell += 1) {
        const part = parts[cell] ?? 0;
        for (const end = i + cellWidth; i < end; i += 1) {
          const was = fine[i] ?? 0;
          fine[i] = was + part * ((to[i] ?? 0) - was);
        }
      }
    }
}
