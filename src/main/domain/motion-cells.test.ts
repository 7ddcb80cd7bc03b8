import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellCount, cellMask, cellRegions, cellsOfText, cellsText, packCells } from './motion-cells.ts';
import { gateGrid } from './watching.ts';

const { columns, rows } = gateGrid;
const anyCells = fc.uint8Array({ minLength: cellCount, maxLength: cellCount, max: 1 });
const box = (x: number, y: number, width: number, height: number) => [
  { x, y },
  { x: x + width, y },
  { x: x + width, y: y + height },
  { x, y: y + height },
];
const at = (column: number, row: number): number => row * columns + column;

describe('cells of a picture', () => {
  it('come back from text, which other programs read as base64', () => {
    fc.assert(
      fc.property(anyCells, (cells) => {
        const text = cellsText(cells);
        expect(cellsOfText(text)).toEqual(cells);
        expect(text).toBe(Buffer.from(packCells(cells)).toString('base64'));
        expect(text.length).toBeLessThanOrEqual(400);
      }),
    );
    expect(cellsOfText('?')).toEqual(new Uint8Array(cellCount));
  });

  it('are all watched without zones, without what is ignored or private, and only in detect zones where there are some', () => {
    expect(cellMask([])).toEqual(new Uint8Array(cellCount).fill(1));
    const left = cellMask([{ kind: 'detect', points: box(0, 0, 0.5, 1) }]);
    expect([left[at(19, 3)], left[at(20, 3)]]).toEqual([1, 0]);
    const hole = cellMask([
      { kind: 'detect', points: box(0, 0, 0.5, 1) },
      { kind: 'ignore', points: box(0, 0, 0.25, 1) },
      // Who walks through is to be seen.
      { kind: 'ignore', ignores: 'standing', points: box(0.25, 0, 0.25, 1) },
      { kind: 'privacy', points: box(0, 0, 1, 0.5) },
    ]);
    expect([hole[at(3, 20)], hole[at(15, 20)], hole[at(15, 3)]]).toEqual([0, 1, 0]);
  });

  it('of a detect zone too thin to cover one are those that it touches', () => {
    const thin = cellMask([{ kind: 'detect', points: box(0.3, 0, 0.004, 1) }]);
    expect(thin.filter((v) => v === 1).length).toBeGreaterThanOrEqual(rows);
  });

  it('join to regions that hold all of them, each once, largest first', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(cellCount - 1), { maxLength: 60 }), (set) => {
        const cells = new Uint8Array(cellCount);
        for (const cell of set) cells[cell] = 1;
        const regions = cellRegions(cells);
        expect(regions.reduce((sum, r) => sum + r.cells, 0)).toBe(new Set(set).size);
        expect(regions.map((r) => r.cells)).toEqual(regions.map((r) => r.cells).sort((a, b) => b - a));
        for (const cell of set) {
          const [x, y] = [((cell % columns) + 0.5) / columns, (Math.floor(cell / columns) + 0.5) / rows];
          expect(
            regions.some((r) => r.box.x < x && x < r.box.x + r.box.width && r.box.y < y && y < r.box.y + r.box.height),
          ).toBe(true);
        }
      }),
    );
  });

  it('of an outline are one region', () => {
    const cells = new Uint8Array(cellCount);
    for (let row = 5; row < 12; row += 1) for (const column of [10, 12]) cells[at(column, row)] = 1;
    expect(cellRegions(cells)).toHaveLength(1);
  });
});
