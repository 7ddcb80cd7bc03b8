import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exchangedPlaces, type PlacedMark } from './exchange-places.ts';

const at = (volume: number, found: string | null): PlacedMark => ({
  volume,
  path: `/mnt/${volume}`,
  mark: `id-${volume}`,
  found,
});
const result = (volumes: readonly PlacedMark[]): [number, string][] => [...exchangedPlaces(volumes)];

describe('volumes in the places of others', () => {
  it('follows two that were exchanged', () => {
    expect(result([at(2, 'id-3'), at(3, 'id-2')])).toEqual([
      [2, '/mnt/3'],
      [3, '/mnt/2'],
    ]);
  });

  it('follows one into the place of another that is gone, which gets what is left', () => {
    expect(result([at(2, 'id-3'), at(3, null)])).toEqual([
      [2, '/mnt/3'],
      [3, '/mnt/2'],
    ]);
  });

  it('leaves alone what is in its place, what a stranger took, and a copy of what is here', () => {
    expect(result([at(2, 'id-2'), at(3, null)])).toEqual([]);
    expect(result([at(2, 'a stranger'), at(3, 'id-3')])).toEqual([]);
    expect(result([at(2, 'id-3'), at(3, 'id-3')])).toEqual([]);
  });

  it('finds every one of any that were mixed up, gives no place away twice, and is done at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }).chain((n) =>
          fc.tuple(
            fc.shuffledSubarray(
              Array.from({ length: n }, (_, i) => i),
              { minLength: n },
            ),
            fc.array(fc.boolean(), { minLength: n, maxLength: n }),
          ),
        ),
        ([order, gone]) => {
          const volumes = order.map((from, i) => at(i, gone[from] === true ? null : `id-${from}`));
          const moved = exchangedPlaces(volumes);
          const after = volumes.map((v) => {
            const path = moved.get(v.volume) ?? v.path;
            return { ...v, path, found: volumes.find((o) => o.path === path)?.found ?? null };
          });
          expect(new Set(after.map((v) => v.path)).size).toBe(volumes.length);
          for (const v of after) if (gone[v.volume] !== true) expect(v.found).toBe(v.mark);
          expect(exchangedPlaces(after).size).toBe(0);
        },
      ),
    );
  });
});
