import type { Edges } from '#domain/decide/suppress.ts';

/** A pixel is of text from here on, and a place where its pixels are so sure on average ("Real-time Scene Text Detection with Differentiable Binarization", Liao et al.). */
const [pixelLimit, placeLimit] = [0.3, 0.5];
/** The model marks the middle of text: by so much of area / edge a place is grown. */
const growth = 1.6;
const mostPlaces = 100;

export type TextPlace = Edges & { score: number };

/** Where text stands, in pixels of the map [height, width] of chances; at most 100 places, the surest. */
export function readText(map: Float32Array, width: number, height: number): TextPlace[] {
  const seen = new Uint8Array(width * height);
  const stack = new Int32Array(width * height);
  const places: TextPlace[] = [];
  for (let start = 0; start < seen.length; start += 1) {
    if (seen[start] === 1 || !((map[start] as number) > pixelLimit)) continue;
    let [left, right, top, bottom] = [width, 0, height, 0];
    let [sum, count, depth] = [0, 0, 0];
    seen[start] = 1;
    stack[depth++] = start;
    while (depth > 0) {
      const at = stack[--depth] as number;
      const y = Math.floor(at / width);
      const x = at - y * width;
      sum += map[at] as number;
      count += 1;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny += 1) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx += 1) {
          const next = ny * width + nx;
          if (seen[next] === 1 || !((map[next] as number) > pixelLimit)) continue;
          seen[next] = 1;
          stack[depth++] = next;
        }
      }
    }
    const score = sum / count;
    const [w, h] = [right - left + 1, bottom - top + 1];
    if (score < placeLimit || Math.min(w, h) < 3) continue;
    const by = (w * h * growth) / (2 * (w + h));
    places.push({
      left: Math.max(0, left - by),
      top: Math.max(0, top - by),
      right: Math.min(width, right + 1 + by),
      bottom: Math.min(height, bottom + 1 + by),
      score,
    });
  }
  return places.sort((a, b) => b.score - a.score).slice(0, mostPlaces);
}
