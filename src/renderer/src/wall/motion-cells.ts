/** The motion gate's cells as they are pushed: base64, a bit a cell, row by row, the lowest bit first. Pure. */
import { gateGrid } from '#domain/watching.ts';

const count = gateGrid.columns * gateGrid.rows;

/** What is damaged or too short counts as still. */
export function cellsFrom(base64: string): boolean[] {
  let bytes = '';
  try {
    bytes = atob(base64);
  } catch {
    // Not base64: nothing moved that could be shown.
  }
  return Array.from({ length: count }, (_, i) => ((bytes.charCodeAt(i >> 3) || 0) >> (i & 7)) % 2 === 1);
}
