/** Which recorded footage a search looks at: of two streams the one that is wanted where there is any, and of that the times that matter. Pure. */
import { gapToleranceMs } from '../gap.ts';

export type Span = { startMs: number; endMs: number };
/** A segment, and which part of its time is looked at. */
export type FootagePiece<S extends Span> = { segment: S; fromMs: number; toMs: number };

/** What `wanted` has of a span, and what `other` has of the rest, in order and without overlap. Both are in order of their start. */
export function planFootage<S extends Span>(
  wanted: readonly S[],
  other: readonly S[],
  fromMs: number,
  toMs: number,
): FootagePiece<S>[] {
  const first = inOrder(wanted, fromMs, toMs);
  const pieces: FootagePiece<S>[] = [];
  let atMs = fromMs;
  for (const piece of first) {
    if (piece.fromMs - atMs > gapToleranceMs) pieces.push(...inOrder(other, atMs, piece.fromMs));
    pieces.push(piece);
    atMs = piece.toMs;
  }
  if (toMs - atMs > gapToleranceMs) pieces.push(...inOrder(other, atMs, toMs));
  return pieces;
}

function inOrder<S extends Span>(segments: readonly S[], fromMs: number, toMs: number): FootagePiece<S>[] {
  const pieces: FootagePiece<S>[] = [];
  let atMs = fromMs;
  for (const segment of segments) {
    const [begin, end] = [Math.max(atMs, segment.startMs), Math.min(toMs, segment.endMs)];
    if (end <= begin) continue;
    pieces.push({ segment, fromMs: begin, toMs: end });
    atMs = end;
  }
  return pieces;
}

/** Before and after motion that much is looked at too, ms: a key picture comes later, and who stands still is still there. */
const beforeMs = 3_000;
const afterMs = 10_000;
/** Between looks that lie so close everything was watched, ms. */
const bridgedMs = 12_000;

/** [from, to) in order, not touching: where something moved, with the time about it, and where nobody watched. */
export function motionWindows(
  { hits, watched }: { hits: readonly { fromMs: number; toMs: number }[]; watched: readonly [number, number][] },
  fromMs: number,
  toMs: number,
): [number, number][] {
  const windows: [number, number][] = hits.map((h) => [h.fromMs - beforeMs, h.toMs + afterMs]);
  let atMs = fromMs;
  for (const [begin, end] of watched) {
    if (begin - atMs > bridgedMs) windows.push([atMs, begin]);
    atMs = Math.max(atMs, end);
  }
  if (toMs - atMs > bridgedMs) windows.push([atMs, toMs]);
  const merged: [number, number][] = [];
  for (const [begin, end] of windows.sort((a, b) => a[0] - b[0])) {
    const clipped: [number, number] = [Math.max(fromMs, begin), Math.min(toMs, end)];
    const last = merged.at(-1);
    if (last !== undefined && clipped[0] <= last[1]) last[1] = Math.max(last[1], clipped[1]);
    else if (clipped[1] > clipped[0]) merged.push(clipped);
  }
  return merged;
}

export const isWithin = (windows: readonly [number, number][], atMs: number): boolean =>
  windows.some(([from, to]) => from <= atMs && atMs < to);

/** Key pictures that come closer than this add nothing, ms. */
export const leastApartMs = 900;

/**
 * Which of a segment's fragments begin with a key picture that is looked at. `lastMs`: of the last one that was looked at before; null: none.
 * `windows` null: all times matter.
 */
export function keysToLook(
  fragments: readonly (readonly [number, number, number, number, boolean])[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
  windows: readonly [number, number][] | null,
  lastMs: number | null,
): number[] {
  const keys: number[] = [];
  let last = lastMs;
  fragments.forEach(([, , atMs, , key], index) => {
    if (!key || atMs < fromMs || atMs >= toMs) return;
    if (last !== null && atMs >= last && atMs - last < leastApartMs) return;
    if (windows !== null && !isWithin(windows, atMs)) return;
    keys.push(index);
    last = atMs;
  });
  return keys;
}
