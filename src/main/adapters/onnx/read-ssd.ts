import type { Candidate } from '#domain/decide/suppress.ts';

/** By what the TensorFlow detection API divides its codes: centre, and size. */
const [centreScale, sizeScale] = [10, 5];

/**
 * Boxes of an SSD of the TensorFlow detection API, in pixels of the input. `codes` [rows, 4]: y, x, height, width against `anchors`
 * [rows, 4]: upper, left, lower, right edge in parts of the input; `scores` [rows, columns]: column 0 is the background. A row may be
 * several things at once: each of the `wanted` columns above the limit is one, as in the API.
 */
export function readSsd(
  codes: Float32Array,
  scores: Float32Array,
  anchors: Float32Array,
  columns: number,
  wanted: readonly number[],
  input: { width: number; height: number },
  minScore: number,
): Candidate[] {
  const found: Candidate[] = [];
  const rows = anchors.length / 4;
  for (let row = 0; row < rows; row += 1) {
    for (const c of wanted) {
      const score = scores[row * columns + c] as number;
      if (!(score >= minScore)) continue;
      const at = row * 4;
      const [top, left, bottom, right] = [0, 1, 2, 3].map((n) => anchors[at + n] as number) as [
        number,
        number,
        number,
        number,
      ];
      const [ah, aw] = [bottom - top, right - left];
      const cy = ((codes[at] as number) / centreScale) * ah + top + ah / 2;
      const cx = ((codes[at + 1] as number) / centreScale) * aw + left + aw / 2;
      const h = Math.exp((codes[at + 2] as number) / sizeScale) * ah;
      const w = Math.exp((codes[at + 3] as number) / sizeScale) * aw;
      found.push({
        class: c,
        score,
        left: (cx - w / 2) * input.width,
        top: (cy - h / 2) * input.height,
        right: (cx + w / 2) * input.width,
        bottom: (cy + h / 2) * input.height,
      });
    }
  }
  return found;
}
