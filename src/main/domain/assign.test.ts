import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign } from './assign.ts';

const cost = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 20 }) }, fc.constant(Number.POSITIVE_INFINITY));
const table = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
  .chain(([h, w]) => fc.array(fc.array(cost, { minLength: w, maxLength: w }), { minLength: h, maxLength: h }));

/** Most pairs, then least cost, by trying all. */
function best(
  costs: readonly (readonly number[])[],
  row = 0,
  taken = new Set<number>(),
): { pairs: number; sum: number } {
  if (row === costs.length) return { pairs: 0, sum: 0 };
  let found = best(costs, row + 1, taken);
  costs[row]!.forEach((c, column) => {
    if (!Number.isFinite(c) || taken.has(column)) return;
    const rest = best(costs, row + 1, new Set([...taken, column]));
    const mine = { pairs: rest.pairs + 1, sum: rest.sum + c };
    if (mine.pairs > found.pairs || (mine.pairs === found.pairs && mine.sum < found.sum)) found = mine;
  });
  return found;
}

describe('assign', () => {
  it('makes as many pairs as can be at the least cost, none twice, none that cannot be', () => {
    fc.assert(
      fc.property(table, (costs) => {
        const columns = assign(costs);
        const pairs = columns.flatMap((column, row) => (column === null ? [] : [costs[row]![column]!]));
        expect(pairs.every(Number.isFinite)).toBe(true);
        const used = columns.filter((c) => c !== null);
        expect(new Set(used).size).toBe(used.length);
        expect({ pairs: pairs.length, sum: pairs.reduce((a, b) => a + b, 0) }).toEqual(best(costs));
      }),
      { numRuns: 300 },
    );
  });

  it('takes nothing', () => {
    expect(assign([])).toEqual([]);
    expect(assign([[], []])).toEqual([null, null]);
  });
});
