/** Many cameras' coverage as one row: how many of them recorded, over time. Pure. */
export type Spans = readonly (readonly [number, number])[];
export type Band = { fromMs: number; toMs: number; count: number };

/** Bands of equal count, ascending, not overlapping; time with none is left out. */
export function bandsOf(rows: readonly Spans[]): Band[] {
  const edges: [number, number][] = [];
  for (const row of rows) for (const [from, to] of row) if (to > from) edges.push([from, 1], [to, -1]);
  edges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const out: Band[] = [];
  let count = 0;
  let sinceMs = 0;
  for (const [at, change] of edges) {
    if (count > 0 && at > sinceMs) {
      const last = out.at(-1);
      if (last && last.toMs === sinceMs && last.count === count) last.toMs = at;
      else out.push({ fromMs: sinceMs, toMs: at, count });
    }
    count += change;
    sinceMs = at;
  }
  return out;
}

/** Index of the first item that ends after a moment, in a list ordered by time without overlaps. */
export function firstEndingAfter<T>(items: readonly T[], atMs: number, endOf: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && endOf(item) > atMs) high = middle;
    else low = middle + 1;
  }
  return low;
}
