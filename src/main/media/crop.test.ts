import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crop } from './crop.ts';
import { bytesOfI420, isI420, type I420 } from './i420.ts';

/** Each pixel says where it is. */
function drawn(width: number, height: number): I420 {
  const data = new Uint8Array(bytesOfI420(width, height));
  const [w, h] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  for (let i = 0; i < width * height; i += 1) data[i] = (i % width) + 3 * Math.floor(i / width);
  for (let i = 0; i < w * h; i += 1) {
    data[width * height + i] = 2 * (i % w) + 5 * Math.floor(i / w);
    data[width * height + w * h + i] = 7 * (i % w) + Math.floor(i / w);
  }
  return { width, height, data };
}

it('is the part that was asked for, in all planes', () => {
  const whole = drawn(16, 12);
  const part = crop(whole, { x: 0.25, y: 0.5, width: 0.5, height: 0.25 });
  expect(part).toMatchObject({ width: 8, height: 4 });
  expect(Array.from(part.data.subarray(0, 8))).toEqual([22, 23, 24, 25, 26, 27, 28, 29]);
  expect(Array.from(part.data.subarray(8, 16))).toEqual([25, 26, 27, 28, 29, 30, 31, 32]);
  const [u, v] = [part.data.subarray(32, 40), part.data.subarray(40, 48)];
  expect(Array.from(u)).toEqual([19, 21, 23, 25, 24, 26, 28, 30]);
  expect(Array.from(v)).toEqual([17, 24, 31, 38, 18, 25, 32, 39]);
});

it('is a whole picture wherever it lies, and all of it where all is asked for', () => {
  const size = fc.integer({ min: 1, max: 40 });
  const at = fc.double({ min: -1, max: 2, noNaN: true });
  fc.assert(
    fc.property(size, size, at, at, at, at, (width, height, x, y, w, h) => {
      const part = crop(drawn(width, height), { x, y, width: Math.abs(w), height: Math.abs(h) });
      expect(isI420(part)).toBe(true);
      expect(part.width).toBeLessThanOrEqual(width);
      expect(part.height).toBeLessThanOrEqual(height);
    }),
  );
  const whole = drawn(14, 10);
  expect(crop(whole, { x: 0, y: 0, width: 1, height: 1 })).toEqual(whole);
});
