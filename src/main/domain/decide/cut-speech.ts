/** Where sound is cut for a model that hears so much at once: where it is quietest, so that no word is cut. Pure. */

/**
 * Parts of at most `most` samples, in order and without a hole: each ends in the middle of the quietest `quiet` samples of its last
 * third. `most` ≥ 3 × `quiet` ≥ 3.
 */
export function cutSpeech(samples: Float32Array, most: number, quiet: number): { from: number; to: number }[] {
  const parts: { from: number; to: number }[] = [];
  let from = 0;
  while (samples.length - from > most) {
    const first = from + Math.floor((most * 2) / 3);
    const last = from + most - quiet;
    let best = last;
    let least = Number.POSITIVE_INFINITY;
    for (let at = first; at <= last; at += Math.max(1, Math.floor(quiet / 2))) {
      let sum = 0;
      for (let i = at; i < at + quiet; i += 1) sum += (samples[i] ?? 0) ** 2;
      if (sum < least) [least, best] = [sum, at];
    }
    const to = best + Math.floor(quiet / 2);
    parts.push({ from, to });
    from = to;
  }
  if (samples.length > from) parts.push({ from, to: samples.length });
  return parts;
}
