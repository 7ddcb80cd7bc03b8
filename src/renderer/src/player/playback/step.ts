/** Finds the picture next to a moment, across fragments, segments and gaps. */
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import { us } from './drive.ts';
import { fragmentAt, runOf } from './gop-plan.ts';
import { afterOf, type Reader } from './reader.ts';
import { choose } from './source.ts';

/** The neighbour of the picture shown at `atUs` among the times of some pictures; null: it lies outside of them. Pure. */
export function neighbour(timesUs: readonly number[], atUs: number, by: 1 | -1): number | null {
  const order = [...timesUs].sort((a, b) => a - b);
  if (by > 0) return order.find((t) => t > atUs) ?? null;
  const shown = order.findLastIndex((t) => t <= atUs);
  return order[shown - 1] ?? null;
}

/** Moment (ms) of the picture after or before the one shown at `atMs`; null: there is none. */
export async function stepFrom(
  reader: Reader,
  cameraId: CameraId,
  prefer: StreamKind,
  atMs: number,
  by: 1 | -1,
): Promise<number | null> {
  let probeMs = atMs;
  // A few hops: the rest of a run, its neighbour, over a segment's end, over a gap.
  for (let hop = 0; hop < 6; hop++) {
    const choice = await choose(reader, cameraId, prefer, probeMs);
    if (choice.kind === 'gap') {
      const to = by > 0 ? choice.nextMs : choice.prevMs;
      if (to === null) return null;
      if (by > 0 && to > atMs) probeMs = to;
      else probeMs = to - 1;
      if (by < 0 && probeMs >= atMs) return null;
      continue;
    }
    if (choice.kind !== 'segment') return null;
    const { index, asked } = choice;
    const run = runOf(index.fragments, fragmentAt(index.fragments, probeMs));
    const samples = await reader.samples(asked, index, run.from, run.to);
    const times = samples.map((s) => s.atUs);
    const crossing = probeMs !== atMs;
    const found = crossing
      ? by > 0
        ? Math.min(...times.filter((t) => t > us(atMs)))
        : Math.max(...times.filter((t) => t < us(atMs)))
      : neighbour(times, us(atMs), by);
    if (found !== null && Number.isFinite(found)) {
      // Stepping back from inside the first picture of a run means its predecessor, not the picture itself.
      return found / 1000;
    }
    if (by > 0) {
      const next = index.fragments[run.to];
      probeMs = next ? next[2] + 1 : afterOf(index);
    } else {
      const firstMs = Math.min(...times) / 1000;
      const shownMs = firstMs <= atMs ? firstMs : atMs;
      atMs = shownMs;
      probeMs = (run.from === 0 ? Math.min(firstMs, index.segment.startMs) : firstMs) - 1;
    }
  }
  return null;
}
