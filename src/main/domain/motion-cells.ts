/** The cells that the motion gate lays over a picture: which are watched, which changed, as areas and as text. Pure. */
import { inside, type Box } from './place.ts';
import { gateGrid } from './watching.ts';
import { isShut, type WatchZone } from './watch-zone.ts';

const { columns, rows } = gateGrid;
export const cellCount = columns * rows;

/** Points of a cell, across and down, that are looked up in a zone. */
const probes = 3;
const shareOf = (points: WatchZone['points'], column: number, row: number): number => {
  let within = 0;
  for (let y = 0; y < probes; y += 1)
    for (let x = 0; x < probes; x += 1) {
      const at = { x: (column + (x + 0.5) / probes) / columns, y: (row + (y + 0.5) / probes) / rows };
      if (inside(points, at)) within += 1;
    }
  return within / probes ** 2;
};

/**
 * One byte a cell, row by row: 1 where motion matters. Without detect zones that is everywhere but in ignore and privacy zones;
 * with them, in any of them. A cell belongs to what covers most of it; a detect zone too thin for that has what it touches.
 */
export function cellMask(
  zones: readonly (Pick<WatchZone, 'kind' | 'points'> & Partial<Pick<WatchZone, 'ignores'>>)[],
): Uint8Array {
  const mask = new Uint8Array(cellCount);
  const detect = zones.filter((z) => z.kind === 'detect');
  if (detect.length === 0) mask.fill(1);
  const each = (mark: (cell: number, column: number, row: number) => void): void => {
    for (let row = 0; row < rows; row += 1)
      for (let column = 0; column < columns; column += 1) mark(row * columns + column, column, row);
  };
  for (const { points } of detect) {
    const covered: number[] = [];
    each((cell, column, row) => {
      if (shareOf(points, column, row) >= 0.5) covered.push(cell);
    });
    for (const cell of covered.length > 0 ? covered : touchedBy(points)) mask[cell] = 1;
  }
  // Where only what stands is ignored, who walks through is to be seen.
  for (const zone of zones)
    if (isShut(zone))
      each((cell, column, row) => {
        if (shareOf(zone.points, column, row) >= 0.5) mask[cell] = 0;
      });
  return mask;
}

/** Cells that the edges of a zone run through, found by steps of a quarter of a cell. */
function* touchedBy(points: WatchZone['points']): Generator<number> {
  const at = (value: number, cells: number): number => Math.min(cells - 1, Math.floor(value * cells));
  const steps = 4 * Math.max(columns, rows);
  for (const [i, a] of points.entries()) {
    const b = points[(i + 1) % points.length] ?? a;
    for (let n = 0; n <= steps; n += 1)
      yield at(a.y + ((b.y - a.y) * n) / steps, rows) * columns + at(a.x + ((b.x - a.x) * n) / steps, columns);
  }
}

/** Of the cells that a box touches, how many are set. */
export function cellsIn(cells: Uint8Array, box: Box): { cells: number; of: number } {
  const from = (start: number, n: number): number => Math.max(0, Math.min(n - 1, Math.floor(start * n)));
  const to = (end: number, n: number): number => Math.max(1, Math.min(n, Math.ceil(end * n - 1e-9)));
  let set = 0;
  let of = 0;
  for (let row = from(box.y, rows); row < to(box.y + box.height, rows); row += 1)
    for (let column = from(box.x, columns); column < to(box.x + box.width, columns); column += 1) {
      of += 1;
      set += cells[row * columns + column] === 1 ? 1 : 0;
    }
  return { cells: set, of };
}

/** Cells that belong together: their bounding box, and how many they are. */
export type CellRegion = { box: Box; cells: number };

/**
 * Joins set cells to regions. Cells with one cell between them are of one region, since of a plain object only its outline
 * changes. Largest first.
 */
export function cellRegions(cells: Uint8Array): CellRegion[] {
  if (!cells.includes(1)) return [];
  const seen = new Uint8Array(cellCount);
  const regions: CellRegion[] = [];
  const stack: number[] = [];
  for (let first = 0; first < cellCount; first += 1) {
    if (cells[first] !== 1 || seen[first] === 1) continue;
    let left: number = columns;
    let right = -1;
    let top: number = rows;
    let bottom = -1;
    let count = 0;
    seen[first] = 1;
    stack.push(first);
    for (let cell = stack.pop(); cell !== undefined; cell = stack.pop()) {
      const column = cell % columns;
      const row = (cell - column) / columns;
      count += 1;
      left = Math.min(left, column);
      right = Math.max(right, column);
      top = Math.min(top, row);
      bottom = Math.max(bottom, row);
      for (let y = Math.max(0, row - 2); y <= Math.min(rows - 1, row + 2); y += 1)
        for (let x = Math.max(0, column - 2); x <= Math.min(columns - 1, column + 2); x += 1) {
          const next = y * columns + x;
          if (cells[next] !== 1 || seen[next] === 1) continue;
          seen[next] = 1;
          stack.push(next);
        }
    }
    const box = {
      x: left / columns,
      y: top / rows,
      width: (right + 1 - left) / columns,
      height: (bottom + 1 - top) / rows,
    };
    regions.push({ box, cells: count });
  }
  return regions.sort((a, b) => b.cells - a.cells);
}

/** One bit a cell, row by row, the lowest bit first. */
export function packCells(cells: Uint8Array): Uint8Array {
  const packed = new Uint8Array(cellCount / 8);
  for (let i = 0; i < cellCount; i += 1) if (cells[i] === 1) packed[i >> 3] = (packed[i >> 3] ?? 0) | (1 << (i & 7));
  return packed;
}

/** What `packCells` packed. What is too short counts as 0. */
export function unpackCells(packed: Uint8Array): Uint8Array {
  const cells = new Uint8Array(cellCount);
  for (let i = 0; i < cellCount; i += 1) cells[i] = ((packed[i >> 3] ?? 0) >> (i & 7)) & 1;
  return cells;
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Packed cells as base64 (RFC 4648, clause 4): the text of `MotionLook.cells`. */
export function cellsText(cells: Uint8Array): string {
  const bytes = packCells(cells);
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const three = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let n = 0; n < 4; n += 1)
      text += i + n - 1 < bytes.length || n === 0 ? (digits[(three >> (18 - 6 * n)) & 63] ?? '') : '=';
  }
  return text;
}

/** What `cellsText` wrote; characters that are none of base64 count as 0. */
export function cellsOfText(text: string): Uint8Array {
  const bytes = new Uint8Array(cellCount / 8);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const character of text) {
    if (character === '=') break;
    bits = ((bits << 6) | Math.max(0, digits.indexOf(character))) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    if (at < bytes.length) bytes[at] = (bits >> held) & 255;
    at += 1;
  }
  return unpackCells(bytes);
}
