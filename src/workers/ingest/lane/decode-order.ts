/**
 * Decoding times for pictures that arrive in decoding order with presentation times only (RTP carries no other). With a
 * reorder depth of N the picture decoded i-th is due when the (i−N)-th of the sorted presentation times is: then no picture
 * is due after it is shown. Without B-frames N is 0 and both times are the same.
 */
export type DecodeOrder = {
  /** `depth`: as the stream says; null: found out from the pictures. */
  format(depth: number | null): void;
  /** Presentation time in, decoding time out; both integers, decoding times always rise. */
  dts(ptsUs: number): number;
  reset(): void;
};

const mostDepth = 16;

export function createDecodeOrder(): DecodeOrder {
  let depth = 0;
  let waiting: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  let spacing = 40_000;
  function reset(): void {
    waiting = [];
    last = Number.NEGATIVE_INFINITY;
    highest = Number.NEGATIVE_INFINITY;
  }
  return {
    format(said) {
      depth = Math.min(mostDepth, said ?? 0);
      waiting = [];
    },
    reset,
    dts(ptsUs) {
      if (ptsUs < highest && depth === 0)
        depth = 1; // pictures out of order that nothing announced
      else if (ptsUs > highest) {
        const step = ptsUs - highest;
        if (step > 1000 && step < 1_000_000) spacing = step;
        highest = ptsUs;
      }
      let due = ptsUs;
      if (depth > 0) {
        let at = waiting.length;
        while (at > 0 && (waiting[at - 1] ?? 0) > ptsUs) at--;
        waiting.splice(at, 0, ptsUs);
        if (waiting.length > depth) {
          due = waiting.shift() ?? ptsUs;
          if (due < last && depth < mostDepth && at === 0) depth++; // deeper than it said
        } else due = (waiting[0] ?? ptsUs) - (depth + 1 - waiting.length) * spacing;
      }
      // equal or falling times would give samples without duration
      last = Math.max(due, last + 1);
      return last;
    },
  };
}
