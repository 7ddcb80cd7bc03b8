/** Most spans and gaps of one stream in one answer; beyond, neighbours are merged as if the grain were coarser. */
export const maxSpans = 5_000;

/** Spans cut to the asked window, those closer than the grain merged. */
export function mergeSpans(
  rows: Iterable<readonly [fromMs: number, toMs: number]>,
  fromMs: number,
  toMs: number,
  grainMs: number,
): [number, number][] {
  let out: [number, number][] = [];
  let grain = grainMs;
  const push = (from: number, to: number): void => {
    const prev = out.at(-1);
    if (prev !== undefined && from - prev[1] <= grain) prev[1] = Math.max(prev[1], to);
    else out.push([from, to]);
  };
  for (const [from, to] of rows) {
    push(Math.max(from, fromMs), Math.min(to, toMs));
    if (out.length > maxSpans) {
      grain = Math.max(1000, grain * 4);
      const fine = out;
      out = [];
      for (const span of fine) push(...span);
    }
  }
  return out;
}
