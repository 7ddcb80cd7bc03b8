import type { Candidate } from '#domain/decide/suppress.ts';

/** Boxes of an output [4 + classes, rows] as YOLOv8 and later export it: centre and size in pixels of the input, chances 0 … 1. */
export function readYolo(output: Float32Array, classes: number, rows: number, minScore: number): Candidate[] {
  const best = new Float32Array(rows);
  const which = new Int32Array(rows);
  // Class by class, as it lies in memory.
  for (let c = 0; c < classes; c += 1) {
    const at = (4 + c) * rows;
    for (let r = 0; r < rows; r += 1) {
      const value = output[at + r] as number;
      if (value > (best[r] as number)) {
        best[r] = value;
        which[r] = c;
      }
    }
  }
  const found: Candidate[] = [];
  for (let r = 0; r < rows; r += 1) {
    const score = best[r] as number;
    if (!(score >= minScore)) continue;
    const cx = output[r] as number;
    const cy = output[rows + r] as number;
    const w = output[2 * rows + r] as number;
    const h = output[3 * rows + r] as number;
    found.push({
      class: which[r] as number,
      score,
      left: cx - w / 2,
      top: cy - h / 2,
      right: cx + w / 2,
      bottom: cy + h / 2,
    });
  }
  return found;
}
