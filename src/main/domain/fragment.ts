/** Finding one's way among the fragments of a segment. Pure. Times in UTC ms, fractions allowed. */

/** Fragments as the station lists them: [offset, bytes, fromMs, durationMs, startsWithKey]. */
export type FragmentSpan = readonly [number, number, number, number, boolean];

/** Index of the fragment that holds a moment (the last one that begins at or before it; 0 if all begin later). */
export function fragmentAt(fragments: readonly FragmentSpan[], atMs: number): number {
  let low = 0;
  let high = fragments.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((fragments[middle]?.[2] ?? 0) <= atMs) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** The run of fragments [from, to) that begins with a key frame and holds fragment `index`. */
export function runOf(fragments: readonly FragmentSpan[], index: number): { from: number; to: number } {
  let from = Math.max(0, Math.min(index, fragments.length - 1));
  while (from > 0 && fragments[from]?.[4] !== true) from--;
  let to = from + 1;
  while (to < fragments.length && fragments[to]?.[4] !== true) to++;
  return { from, to };
}

/**
 * The fragment with the key frame to show for a moment: the one before it, or with `nearest` the nearer of the two around
 * it; -1: no fragment begins with a key frame.
 */
export function keyFragment(fragments: readonly FragmentSpan[], atMs: number, nearest: boolean): number {
  const { from, to } = runOf(fragments, fragmentAt(fragments, atMs));
  const before = fragments[from];
  const after = fragments[to];
  if (before?.[4] !== true) return fragments.findIndex((f) => f[4]);
  if (nearest && after?.[4] === true && Math.abs(after[2] - atMs) < Math.abs(atMs - before[2])) return to;
  return from;
}
