import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOfI420 } from '#media/i420.ts';
import { blackenGrey, blackenPicture, blackRuns } from './blacken.ts';
import { inside, type Point } from './place.ts';

const point = fc.record({
  x: fc.double({ min: 0, max: 1, noNaN: true }),
  y: fc.double({ min: 0, max: 1, noNaN: true }),
});
const triangle = fc.tuple(point, point, point).map((points): Point[] => points);
const size = { width: 48, height: 27 };

it('leaves nothing of a zone to be seen: every pixel whose middle is inside is black', () => {
  fc.assert(
    fc.property(triangle, (points) => {
      const grey = new Uint8Array(size.width * size.height).fill(200);
      blackenGrey(grey, size.width, blackRuns([points], size.width, size.height));
      for (let y = 0; y < size.height; y += 1)
        for (let x = 0; x < size.width; x += 1)
          if (inside(points, { x: (x + 0.5) / size.width, y: (y + 0.5) / size.height }))
            expect(grey[y * size.width + x]).toBe(0);
    }),
  );
});

it('blackens colours with the light, and nothing far from the zone', () => {
  const data = new Uint8Array(bytesOfI420(64, 36)).fill(180);
  const square: Point[] = [
    { x: 0.25, y: 0.25 },
    { x: 0.5, y: 0.25 },
    { x: 0.5, y: 0.5 },
    { x: 0.25, y: 0.5 },
  ];
  blackenPicture({ width: 64, height: 36, data }, blackRuns([square], 64, 36));
  expect([data[10 * 64 + 20], data[10 * 64 + 40], data[30 * 64 + 20]]).toEqual([16, 180, 180]);
  const u = 64 * 36;
  expect([data[u + 5 * 32 + 10], data[u + 5 * 32 + 20], data[u + 32 * 18 + 5 * 32 + 10]]).toEqual([128, 180, 128]);
});
