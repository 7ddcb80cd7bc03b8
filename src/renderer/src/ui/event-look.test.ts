import fc from 'fast-check';
import { expect, it } from 'vitest';
import { viewBoxOf, viewOf } from './event-look.ts';

const box = fc.tuple(...[0, 1, 2, 3].map(() => fc.double({ min: 0, max: 1, noNaN: true }))).map((parts) => {
  const [x = 0, y = 0, w = 0, h = 0] = parts;
  return { x, y, width: w * (1 - x), height: h * (1 - y) };
});

it('shows all of what is boxed, in a part that lies in the picture', () => {
  fc.assert(
    fc.property(box, (b) => {
      const v = viewOf(b);
      expect(v.side).toBeGreaterThan(0.2);
      for (const at of [v.x, v.y]) {
        expect(at).toBeGreaterThanOrEqual(-1e-9);
        expect(at + v.side).toBeLessThanOrEqual(1 + 1e-9);
      }
      expect(v.x).toBeLessThanOrEqual(b.x + 1e-9);
      expect(v.y).toBeLessThanOrEqual(b.y + 1e-9);
      expect(v.x + v.side).toBeGreaterThanOrEqual(b.x + b.width - 1e-9);
      expect(v.y + v.side).toBeGreaterThanOrEqual(b.y + b.height - 1e-9);
    }),
  );
});

it('shows the whole picture where nothing is boxed', () => {
  expect(viewBoxOf(viewOf(null))).toBe('inset(0.00% 0.00% 0.00% 0.00%)');
});
