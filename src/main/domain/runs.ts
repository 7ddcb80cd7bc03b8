/** Sets of time: runs [from, to) in ms, ascending, not touching. Pure. */
export type Run = readonly [fromMs: number, toMs: number];

/** Any runs, in any order, as a set. */
export function runsOf(parts: Iterable<Run>): Run[] {
  const sorted = [...parts].filter(([from, to]) => to > from).sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = out.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

export const union = (a: readonly Run[], b: readonly Run[]): Run[] => runsOf([...a, ...b]);

/** What is in both. */
export function common(a: readonly Run[], b: readonly Run[]): Run[] {
  const out: Run[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [a[i], b[j]];
    if (x === undefined || y === undefined) break;
    const from = Math.max(x[0], y[0]);
    const to = Math.min(x[1], y[1]);
    if (to > from) out.push([from, to]);
    if (x[1] < y[1]) i += 1;
    else j += 1;
  }
  return out;
}

/** What is in `a` and not in `b`. */
export function without(a: readonly Run[], b: readonly Run[]): Run[] {
  const out: Run[] = [];
  let j = 0;
  for (const [from, to] of a) {
    let at = from;
    while (j > 0 && (b[j - 1]?.[1] ?? 0) > from) j -= 1;
    for (; j < b.length; j += 1) {
      const cut = b[j];
      if (cut === undefined || cut[0] >= to) break;
      if (cut[0] > at) out.push([at, cut[0]]);
      at = Math.max(at, cut[1]);
    }
    if (at < to) out.push([at, to]);
  }
  return out;
}

/** How long they are together, ms. */
export const lengthOf = (runs: readonly Run[]): number => runs.reduce((sum, [from, to]) => sum + to - from, 0);
