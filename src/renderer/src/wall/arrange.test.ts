import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CameraId } from '#domain/id.ts';
import { neighbour, pageCount, pageOf, put, settle, sizeFor, swap, wallSizes } from './arrange.ts';

const id = (n: number): CameraId => CameraId.parse(`01HV${String(n).padStart(22, '0')}`);
const ids = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 20 }).map((ns) => ns.map(id));
const order = fc.array(fc.option(fc.integer({ min: 0, max: 30 }).map(id), { nil: null }), { maxLength: 30 });

describe('settle', () => {
  it('shows every camera exactly once, whatever was stored', () => {
    fc.assert(
      fc.property(order, ids, (was, cameras) => {
        const shown = settle(was, cameras).filter((x) => x !== null);
        expect([...shown].sort()).toEqual([...cameras].sort());
      }),
    );
  });
  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(order, ids, (was, cameras) => {
        const once = settle(was, cameras);
        expect(settle(once, cameras)).toEqual(once);
      }),
    );
  });
  it('keeps the place of cameras that stay', () => {
    expect(settle([id(3), null, id(1)], [id(1), id(2), id(3)])).toEqual([id(3), id(2), id(1)]);
    expect(settle([id(3), id(2), id(1)], [id(1), id(3)])).toEqual([id(3), null, id(1)]);
  });
});

describe('swap and put', () => {
  it('lose no camera and double none', () => {
    fc.assert(
      fc.property(ids, fc.nat(40), fc.nat(40), (cameras, a, b) => {
        const moved = swap(cameras, a, b).filter((x) => x !== null);
        expect([...moved].sort()).toEqual([...cameras].sort());
      }),
    );
  });
  it('put the camera where it was asked, and what was there takes its place', () => {
    expect(put([id(1), id(2), id(3)], id(3), 0)).toEqual([id(3), id(2), id(1)]);
    expect(put([id(1)], id(2), 0)).toEqual([id(2), id(1)]);
    expect(put([id(1)], id(1), 3)).toEqual([null, null, null, id(1)]);
  });
});

describe('pages', () => {
  it('together hold the order', () => {
    fc.assert(
      fc.property(ids, fc.constantFrom(...wallSizes), (cameras, size) => {
        const pages = Array.from({ length: pageCount(cameras, size) }, (_, p) => pageOf(cameras, size, p));
        expect(pages.flat().filter((x) => x !== null)).toEqual(cameras);
        for (const page of pages) expect(page).toHaveLength(size);
      }),
    );
  });
  it('start with a wall that fits', () => {
    expect([0, 1, 2, 4, 5, 16, 40].map(sizeFor)).toEqual([1, 1, 4, 4, 9, 16, 16]);
  });
});

describe('neighbour', () => {
  it('walks the grid and stops at its edges', () => {
    expect(neighbour(0, 9, 'ArrowRight')).toBe(1);
    expect(neighbour(2, 9, 'ArrowRight')).toBe(2);
    expect(neighbour(4, 9, 'ArrowUp')).toBe(1);
    expect(neighbour(7, 9, 'ArrowDown')).toBe(7);
    expect(neighbour(3, 4, 'ArrowLeft')).toBe(2);
  });
});
