/** Privacy zones in pictures: what they cover is black before anything looks at it. Pure. */
import type { I420 } from '#media/i420.ts';
import type { Point } from './place.ts';

/** Runs of pixels: row, first column, column behind the last; three numbers each. */
export type BlackRuns = Uint16Array;

/**
 * What zones cover of a picture of this size. A pixel counts as soon as a zone touches it, to the nearest quarter pixel, so that
 * nothing shows at their edges.
 */
export function blackRuns(zones: readonly (readonly Point[])[], width: number, height: number): BlackRuns {
  const runs: number[] = [];
  for (const points of zones)
    for (let row = 0; row < height; row += 1) {
      const spans: [number, number][] = [];
      for (const line of [0, 0.25, 0.5, 0.75, 1]) spans.push(...spansAt(points, (row + line) / height));
      for (const [from, to] of spans) {
        const first = Math.max(0, Math.floor(from * width));
        const last = Math.min(width, Math.ceil(to * width));
        if (last > first) runs.push(row, first, last);
      }
    }
  return Uint16Array.from(runs);
}

/** Where a level line is inside of a polygon (even–odd rule), and where it touches a level edge. */
function spansAt(points: readonly Point[], y: number): [number, number][] {
  const meets: number[] = [];
  const level: [number, number][] = [];
  points.forEach((a, i) => {
    const b = points[(i + 1) % points.length] ?? a;
    if (a.y === y && b.y === y) level.push([Math.min(a.x, b.x), Math.max(a.x, b.x)]);
    else if (a.y > y !== b.y > y) meets.push(a.x + ((y - a.y) * (b.x - a.x)) / (b.y - a.y));
  });
  meets.sort((a, b) => a - b);
  const spans = level;
  for (let i = 0; i + 1 < meets.length; i += 2) spans.push([meets[i] ?? 0, meets[i + 1] ?? 0]);
  return spans;
}

/** In place. */
export function blackenGrey(grey: Uint8Array, width: number, runs: BlackRuns): void {
  for (let i = 0; i < runs.length; i += 3) {
    const row = (runs[i] ?? 0) * width;
    grey.fill(0, row + (runs[i + 1] ?? 0), row + (runs[i + 2] ?? 0));
  }
}

/** In place; `runs` are of the picture's own size. */
export function blackenPicture({ width, height, data }: I420, runs: BlackRuns): void {
  const half = Math.ceil(width / 2);
  const planes = [width * height, width * height + half * Math.ceil(height / 2)];
  for (let i = 0; i < runs.length; i += 3) {
    const [row, from, to] = [runs[i] ?? 0, runs[i + 1] ?? 0, runs[i + 2] ?? 0];
    data.fill(16, row * width + from, row * width + to);
    for (const plane of planes) {
      const at = plane + (row >> 1) * half;
      data.fill(128, at + (from >> 1), at + ((to + 1) >> 1));
    }
  }
}
