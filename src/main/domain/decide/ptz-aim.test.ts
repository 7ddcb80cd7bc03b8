import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aimAt, aimBox, viewOf, type Place, type View } from './ptz-aim.ts';

/** Where a head that looks from `at` shows what one that looks from `from` shows at a point: written the other way round. */
function seenFrom(view: View, from: Place, point: { x: number; y: number }, at: Place): { x: number; y: number } {
  const half = (zoom: number): number => view.wideTan / (1 + zoom * (view.ratio - 1));
  type Vector = [ahead: number, right: number, up: number];
  const nod = ([a, r, u]: Vector, by: number): Vector => [
    a * Math.cos(by) - u * Math.sin(by),
    r,
    a * Math.sin(by) + u * Math.cos(by),
  ];
  const turn = ([a, r, u]: Vector, by: number): Vector => [
    a * Math.cos(by) - r * Math.sin(by),
    a * Math.sin(by) + r * Math.cos(by),
    u,
  ];
  const h = half(from.zoom);
  const ray: Vector = [1, (2 * point.x - 1) * h, ((1 - 2 * point.y) * h) / view.aspect];
  const world = turn(nod(ray, from.tilt * view.tiltAngle), from.pan * view.panAngle);
  const [a, r, u] = nod(turn(world, -at.pan * view.panAngle), -at.tilt * view.tiltAngle);
  const k = half(at.zoom);
  return { x: (1 + r / a / k) / 2, y: (1 - (u / a / k) * view.aspect) / 2 };
}

const part = fc.double({ min: 0, max: 1, noNaN: true });
const lens = fc.record({
  panDegrees: fc.option(fc.double({ min: 30, max: 180, noNaN: true })),
  tiltDegrees: fc.option(fc.double({ min: 20, max: 90, noNaN: true })),
  focalMm: fc.option(
    fc
      .record({
        wide: fc.double({ min: 2.5, max: 6, noNaN: true }),
        times: fc.double({ min: 1, max: 40, noNaN: true }),
      })
      .map(({ wide, times }) => ({ wide, tele: wide * times })),
  ),
});
const aspect = fc.constantFrom(16 / 9, 4 / 3, 9 / 16);
const place = fc.record({
  pan: fc.double({ min: -1, max: 1, noNaN: true }),
  tilt: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  zoom: part,
});
const within = (p: Place): boolean => Math.abs(p.pan) <= 1 && Math.abs(p.tilt) <= 1 && p.zoom >= 0 && p.zoom <= 1;

describe('aiming', () => {
  it('brings the point to the middle wherever the head can reach', () => {
    fc.assert(
      fc.property(lens, aspect, place, part, part, (l, a, from, x, y) => {
        const view = viewOf(l, a);
        const to = aimAt(view, from, { x, y });
        expect(within(to)).toBe(true);
        if (Math.abs(to.pan) > 0.999 || Math.abs(to.tilt) > 0.999) return; // at its end
        const seen = seenFrom(view, from, { x, y }, to);
        expect(seen.x).toBeCloseTo(0.5, 6);
        expect(seen.y).toBeCloseTo(0.5, 6);
      }),
    );
  });

  it('leaves a head alone whose middle is wanted', () => {
    fc.assert(
      fc.property(lens, aspect, place, (l, a, from) => {
        const to = aimAt(viewOf(l, a), from, { x: 0.5, y: 0.5 });
        expect(to.pan).toBeCloseTo(from.pan, 9);
        expect(to.tilt).toBeCloseTo(from.tilt, 9);
        expect(to.zoom).toBe(from.zoom);
      }),
    );
  });

  it('zooms so far that the box fills the picture, never back, never beyond the lens', () => {
    fc.assert(
      fc.property(lens, aspect, place, part, part, part, part, (l, a, from, x, y, w, h) => {
        const view = viewOf(l, a);
        const box = { x: x / 2, y: y / 2, width: 0.01 + w * 0.49, height: 0.01 + h * 0.49 };
        const to = aimBox(view, from, box);
        expect(within(to)).toBe(true);
        expect(to.zoom).toBeGreaterThanOrEqual(from.zoom - 1e-9);
        if (to.zoom > 0.999 || view.ratio < 1.001) return;
        const times = (zoom: number): number => 1 + zoom * (view.ratio - 1);
        expect(times(to.zoom) / times(from.zoom)).toBeCloseTo(1 / Math.max(box.width, box.height), 6);
      }),
    );
  });

  it('goes on at the other end where a head turns all around', () => {
    const view = viewOf({ panDegrees: 180, tiltDegrees: 90, focalMm: null }, 16 / 9);
    expect(aimAt(view, { pan: 0.98, tilt: 0, zoom: 0 }, { x: 1, y: 0.5 }).pan).toBeCloseTo(-1 + 0.1605, 3);
    const stops = viewOf({ panDegrees: 170, tiltDegrees: 90, focalMm: null }, 16 / 9);
    expect(aimAt(stops, { pan: 0.98, tilt: 0, zoom: 0 }, { x: 1, y: 0.5 }).pan).toBe(1);
  });
});
