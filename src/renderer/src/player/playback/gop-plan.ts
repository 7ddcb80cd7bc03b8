/** Which coded pictures to decode for what is to be shown. Pure. Times in microseconds of UTC unless they end in `Ms`. */

/** What the plans need to know of a sample; samples are in decoding order. */
export type Planned = { atUs: number; key: boolean };

/** Index of the sample shown at a moment: the latest one not after it; -1: all are later. */
export function shownAt(samples: readonly Planned[], atUs: number): number {
  let best = -1;
  let bestUs = Number.NEGATIVE_INFINITY;
  samples.forEach((s, i) => {
    if (s.atUs <= atUs && s.atUs >= bestUs) {
      best = i;
      bestUs = s.atUs;
    }
  });
  return best;
}

/** First sample to decode so that sample `index` can be shown: the last key at or before it in decoding order; -1: none. */
export function keyFor(samples: readonly Planned[], index: number): number {
  for (let i = Math.min(index, samples.length - 1); i >= 0; i--) if (samples[i]?.key === true) return i;
  return -1;
}

/** A pass of reverse playback: decode [from, to) and keep the pictures whose time is in [keepFromUs, keepToUs]. */
export type Pass = { from: number; to: number; keepFromUs: number; keepToUs: number };

/**
 * The next pass backwards through one group of pictures: the `hold` latest pictures at or before `beforeUs`. Memory stays at
 * `hold` pictures whatever the group's length; the price is decoding its head again in the next pass. Null: none left.
 */
export function reversePass(samples: readonly Planned[], beforeUs: number, hold: number): Pass | null {
  const order = samples.map((s, i) => ({ atUs: s.atUs, i })).filter((s) => s.atUs <= beforeUs);
  order.sort((a, b) => a.atUs - b.atUs);
  const kept = order.slice(-Math.max(1, hold));
  const first = kept[0];
  const last = kept.at(-1);
  if (!first || !last) return null;
  const indices = kept.map((k) => k.i);
  const from = keyFor(samples, Math.min(...indices));
  if (from < 0) return null;
  return { from, to: Math.max(...indices) + 1, keepFromUs: first.atUs, keepToUs: last.atUs };
}

/** How many decoded pictures of a size fit in a budget, within what decoders bear. */
export const holdFor = (width: number, height: number, budgetBytes: number): number =>
  Math.max(3, Math.min(48, Math.floor(budgetBytes / Math.max(1, width * height * 1.5))));

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
