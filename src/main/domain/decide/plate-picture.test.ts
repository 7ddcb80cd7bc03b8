import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOf, legible, plateParts, wantsDetail } from './plate-picture.ts';

const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });
const sub = { width: 640, height: 360 };
const main = { width: 1_920, height: 1_080 };
const lane = [
  { x: 0.2, y: 0.5 },
  { x: 0.6, y: 0.5 },
  { x: 0.6, y: 0.9 },
];

describe('the picture that plates are read in', () => {
  it('is the small one only where a vehicle is so near that its letters can be told', () => {
    expect(wantsDetail(sub, [box(0, 0, 0.5, 0.6)], [])).toBe(false);
    expect(wantsDetail(sub, [box(0, 0, 0.5, 0.6), box(0, 0, 0.2, 0.2)], [])).toBe(true);
    expect(wantsDetail(main, [box(0, 0, 0.2, 0.2)], [lane])).toBe(false);
    expect(wantsDetail(sub, [], [lane])).toBe(true);
    const far = { box: box(0, 0, 0.1, 0.1) };
    expect([legible(sub, [far]), legible(main, [far])]).toEqual([[], [far]]);
  });

  it('is looked at as a whole, in parts where it is large, and in its zones alone where nothing else is to be read', () => {
    expect(plateParts(sub, [box(0.1, 0.1, 0.2, 0.2)], [], true)).toEqual([]);
    expect(plateParts(sub, [], [lane], false)).toEqual([boundsOf(lane)]);
    expect(plateParts({ width: 3_840, height: 2_160 }, [box(0.4, 0.4, 0.1, 0.1)], [], true)).toEqual([
      box(expect.closeTo(0.3) as number, expect.closeTo(0.3) as number, 0.3, 0.3),
    ]);
  });

  it('has parts within it that hold what they are about', () => {
    const part = fc.double({ min: 0.001, max: 1, noNaN: true });
    const any = fc.tuple(part, part, part, part).map(([x, y, w, h]) => box(x * (1 - w), y * (1 - h), w, h));
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 6 }), (vehicles) => {
        const parts = plateParts({ width: 3_840, height: 2_160 }, vehicles, [], true);
        expect(parts.length).toBe(Math.min(3, vehicles.length));
        const largest = [...vehicles].sort((a, b) => b.width * b.height - a.width * a.height);
        parts.forEach((p, i) => {
          const v = largest[i]!;
          for (const n of [p.x, p.y, 1 - p.x - p.width, 1 - p.y - p.height]) expect(n).toBeGreaterThanOrEqual(-1e-9);
          expect(p.x).toBeLessThanOrEqual(v.x + 1e-9);
          expect(p.x + p.width).toBeGreaterThanOrEqual(v.x + v.width - 1e-9);
        });
      }),
    );
  });
});
