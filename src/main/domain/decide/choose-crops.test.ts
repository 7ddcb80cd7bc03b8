import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closerCrops, type Crop, mostCloser, wholeCrops } from './choose-crops.ts';

const size = fc.record({ width: fc.integer({ min: 64, max: 4096 }), height: fc.integer({ min: 64, max: 2304 }) });
const region = fc
  .tuple(...[1, 1, 0.6, 0.6].map((max) => fc.double({ min: 0.001, max, noNaN: true })))
  .map(([x = 0, y = 0, width = 0, height = 0]) => ({
    x: x * (1 - width),
    y: y * (1 - height),
    width,
    height,
  }));
const input = { width: 300, height: 300 };

const isInside = (c: Crop, p: { width: number; height: number }): boolean =>
  [c.left, c.top, c.width, c.height].every(Number.isInteger) &&
  c.left >= 0 &&
  c.top >= 0 &&
  c.width >= 1 &&
  c.height >= 1 &&
  c.left + c.width <= p.width &&
  c.top + c.height <= p.height;

describe('parts of a picture that show all of it', () => {
  it('lie in it, cover it, overlap, and are nearly squares for a model of squares', () => {
    fc.assert(
      fc.property(size, fc.boolean(), (picture, square) => {
        const crops = wholeCrops(picture, square);
        const long = picture.width >= picture.height;
        expect(crops.every((c) => isInside(c, picture))).toBe(true);
        let to = 0;
        for (const c of crops) {
          const [from, length] = long ? [c.left, c.width] : [c.top, c.height];
          expect(from).toBeLessThanOrEqual(to);
          to = from + length;
          expect(long ? c.height : c.width).toBe(long ? picture.height : picture.width);
          const shape = Math.max(c.width, c.height) / Math.min(c.width, c.height);
          const pictureShape = Math.max(picture.width, picture.height) / Math.min(picture.width, picture.height);
          if (square && pictureShape <= 4) expect(shape).toBeLessThanOrEqual(1.5);
        }
        expect(to).toBe(long ? picture.width : picture.height);
        if (!square) expect(crops).toHaveLength(1);
      }),
    );
  });
  it('are one for 4 : 3 and two for 16 : 9', () => {
    expect(wholeCrops({ width: 640, height: 480 }, true)).toHaveLength(1);
    expect(wholeCrops({ width: 640, height: 360 }, true)).toEqual([
      { left: 0, top: 0, width: 360, height: 360 },
      { left: 280, top: 0, width: 360, height: 360 },
    ]);
    expect(wholeCrops({ width: 1080, height: 1920 }, true).map((c) => c.top)).toEqual([0, 840]);
  });
});

describe('closer looks', () => {
  it('lie in the picture, are at most two, hold whole regions, and show them 1.6 times larger at least', () => {
    fc.assert(
      fc.property(size, fc.array(region, { maxLength: 12 }), fc.boolean(), (picture, regions, square) => {
        const crops = closerCrops(picture, regions, input, square);
        expect(crops.length).toBeLessThanOrEqual(mostCloser);
        const whole = wholeCrops(picture, square)[0]!;
        const usual = Math.min(input.width / whole.width, input.height / whole.height);
        for (const c of crops) {
          expect(isInside(c, picture)).toBe(true);
          const ratio = Math.min(input.width / c.width, input.height / c.height);
          expect(ratio).toBeGreaterThan(1.55 * usual);
          // Rounding to whole pixels aside, some region lies in it as a whole.
          const held = regions.some(
            (r) =>
              r.x * picture.width >= c.left - 1 &&
              r.y * picture.height >= c.top - 1 &&
              (r.x + r.width) * picture.width <= c.left + c.width + 1 &&
              (r.y + r.height) * picture.height <= c.top + c.height + 1,
          );
          expect(held).toBe(true);
        }
      }),
    );
  });
  it('are not taken where they would show no more, nor of what fills the picture', () => {
    const small = { x: 0.4, y: 0.4, width: 0.05, height: 0.1 };
    expect(closerCrops({ width: 220, height: 165 }, [small], input, true)).toEqual([]);
    expect(closerCrops({ width: 1920, height: 1080 }, [{ x: 0, y: 0, width: 1, height: 1 }], input, true)).toEqual([]);
    expect(closerCrops({ width: 1920, height: 1080 }, [], input, true)).toEqual([]);
    const [crop] = closerCrops({ width: 1920, height: 1080 }, [small], input, true);
    expect(crop).toEqual({ left: 724, top: 394, width: 184, height: 184 });
  });
});
