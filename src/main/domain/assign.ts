/**
 * Who goes with whom at the least cost in all: `costs[row][column]`, Infinity where they cannot. For each row its column, or null.
 * As many pairs as can be, then the cheapest. (The Hungarian method by shortest augmenting paths: Jonker and Volgenant, 1987.)
 */
export function assign(costs: readonly (readonly number[])[]): (number | null)[] {
  const height = costs.length;
  const width = costs[0]?.length ?? 0;
  const n = Math.max(height, width);
  if (height === 0 || width === 0) return costs.map(() => null);
  let most = 1;
  for (const row of costs) for (const cost of row) if (Number.isFinite(cost)) most += Math.abs(cost);
  // Pairs that cannot be cost more than all that can: they are taken last, and then left out.
  const costOf = (row: number, column: number): number => {
    const cost = costs[row]?.[column] ?? Number.POSITIVE_INFINITY;
    return Number.isFinite(cost) ? cost : most;
  };
  const rowPrice = new Float64Array(n + 1);
  const columnPrice = new Float64Array(n + 1);
  const rowOf = new Int32Array(n + 1);
  for (let row = 1; row <= n; row += 1) {
    const least = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
    const from = new Int32Array(n + 1);
    const used = new Uint8Array(n + 1);
    rowOf[0] = row;
    let column = 0;
    do {
      used[column] = 1;
      const at = rowOf[column] ?? 0;
      let step = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let j = 1; j <= n; j += 1) {
        if (used[j] === 1) continue;
        const reduced = costOf(at - 1, j - 1) - (rowPrice[at] ?? 0) - (columnPrice[j] ?? 0);
        if (reduced < (least[j] ?? 0)) {
          least[j] = reduced;
          from[j] = column;
        }
        if ((least[j] ?? 0) < step) {
          step = least[j] ?? 0;
          next = j;
        }
      }
      for (let j = 0; j <= n; j += 1)
        if (used[j] === 1) {
          const r = rowOf[j] ?? 0;
          rowPrice[r] = (rowPrice[r] ?? 0) + step;
          columnPrice[j] = (columnPrice[j] ?? 0) - step;
        } else least[j] = (least[j] ?? 0) - step;
      column = next;
    } while ((rowOf[column] ?? 0) !== 0);
    while (column !== 0) {
      const back = from[column] ?? 0;
      rowOf[column] = rowOf[back] ?? 0;
      column = back;
    }
  }
  const columnOf: (number | null)[] = costs.map(() => null);
  for (let column = 1; column <= width; column += 1) {
    const row = (rowOf[column] ?? 0) - 1;
    if (row >= 0 && row < height && Number.isFinite(costs[row]?.[column - 1] ?? Number.POSITIVE_INFINITY))
      columnOf[row] = column - 1;
  }
  return columnOf;
}
