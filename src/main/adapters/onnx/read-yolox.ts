import type { Candidate } from '#domain/decide/suppress.ts';

const strides = [8, 16, 32] as const;

/** Rows that a model of YOLOX gives for an input. */
export const rowsOfYolox = (width: number, height: number): number =>
  strides.reduce((n, s) => n + Math.floor(width / s) * Math.floor(height / s), 0);

/**
 * Boxes of YOLOX's output [rows, 5 + classes], in pixels of the input: centre and size by cell and stride, objectness, chances. Source:
 * "YOLOX: Exceeding YOLO Series in 2021", Ge et al., §2, and its export.
 */
export function readYolox(
  output: Float32Array,
  classes: number,
  input: { width: number; height: number },
  minScore: number,
): Candidate[] {
  const found: Candidate[] = [];
  const columns = 5 + classes;
  let at = 0;
  for (const stride of strides) {
    const [gridWidth, gridHeight] = [Math.floor(input.width / stride), Math.floor(input.height / stride)];
    for (let gy = 0; gy < gridHeight; gy += 1) {
      for (let gx = 0; gx < gridWidth; gx += 1, at += columns) {
        const objectness = output[at + 4] as number;
        // No class can be surer than that there is something; most rows end here. What is no number does too.
        if (!(objectness >= minScore)) continue;
        let best = -1;
        let chance = 0;
        for (let c = 0; c < classes; c += 1) {
          const value = output[at + 5 + c] as number;
          if (value > chance) {
            chance = value;
            best = c;
          }
        }
        const score = objectness * chance;
        if (best < 0 || !(score >= minScore)) continue;
        const cx = ((output[at] as number) + gx) * stride;
        const cy = ((output[at + 1] as number) + gy) * stride;
        const w = Math.exp(output[at + 2] as number) * stride;
        const h = Math.exp(output[at + 3] as number) * stride;
        found.push({ class: best, score, left: cx - w / 2, top: cy - h / 2, right: cx + w / 2, bottom: cy + h / 2 });
      }
    }
  }
  return found;
}
