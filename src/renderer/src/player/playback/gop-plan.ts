/** Which coded pictures to decode for what is to be shown. Pure. Times in microseconds of UTC unless they end in `Ms`. */

export { fragmentAt, keyFragment, runOf, type FragmentSpan } from '#domain/fragment.ts';

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
