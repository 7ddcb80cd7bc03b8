import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gateGrid } from '#domain/watching.ts';
import { cellsFrom } from './motion-cells.ts';

const count = gateGrid.columns * gateGrid.rows;

it('reads a bit a cell, row by row, the lowest bit first', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: count, maxLength: count }), (cells) => {
      const bytes = new Uint8Array(count / 8);
      cells.forEach((on, i) => {
        if (on) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (1 << (i & 7));
      });
      expect(cellsFrom(btoa(String.fromCharCode(...bytes)))).toEqual(cells);
    }),
  );
});

it('takes what is short or no base64 for stillness', () => {
  expect(cellsFrom('')).toEqual(Array.from({ length: count }, () => false));
  expect(cellsFrom('***')).toEqual(Array.from({ length: count }, () => false));
  expect(cellsFrom(btoa('\u0001')).filter(Boolean).length).toBe(1);
});
