import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aimOf, placeOn } from './aim.ts';
import {
  axisSpeed,
  isStill,
  keyVelocity,
  padPresets,
  padVelocity,
  ringVelocity,
  scaled,
  still,
  sumOf,
} from './velocity.ts';

const part = fc.double({ min: -1, max: 1, noNaN: true });
const velocity = fc.record({ pan: part, tilt: part, zoom: part });

describe('what turns a head', () => {
  it('never asks for more than full speed, and for nothing when nothing is held', () => {
    fc.assert(
      fc.property(fc.array(velocity, { maxLength: 6 }), fc.double({ min: 0, max: 1, noNaN: true }), (all, speed) => {
        for (const v of Object.values(scaled(sumOf(all), speed))) expect(Math.abs(v)).toBeLessThanOrEqual(1);
      }),
    );
    expect(sumOf([])).toEqual(still);
  });
  it('lets opposite keys cancel each other and two keys slant', () => {
    const key = (code: string) => keyVelocity(code) ?? still;
    expect(isStill(sumOf([key('ArrowLeft'), key('ArrowRight')]))).toBe(true);
    expect(sumOf([key('ArrowLeft'), key('ArrowUp')])).toEqual(key('Numpad7'));
    expect(keyVelocity('KeyA')).toBeNull();
    expect(keyVelocity('toString')).toBeNull();
  });
  it('rests in the dead zone, then grows without a step and without turning round', () => {
    fc.assert(
      fc.property(part, part, (a, b) => {
        const [slow, fast] = Math.abs(a) < Math.abs(b) ? [a, b] : [b, a];
        expect(Math.abs(axisSpeed(slow))).toBeLessThanOrEqual(Math.abs(axisSpeed(fast)));
        expect(axisSpeed(a) * a).toBeGreaterThanOrEqual(0);
      }),
    );
    expect(axisSpeed(0.1)).toBe(0);
    expect(axisSpeed(0.15)).toBeLessThan(0.05);
    expect(axisSpeed(-1)).toBe(-1);
  });
  it('turns up where the pointer is above the middle of the ring', () => {
    expect(ringVelocity(0, -50, 50)).toEqual({ pan: 0, tilt: 1, zoom: 0 });
    expect(ringVelocity(500, 0, 50)).toEqual({ pan: 1, tilt: 0, zoom: 0 });
    expect(isStill(ringVelocity(2, 2, 50))).toBe(true);
  });
  it('reads pads and joysticks', () => {
    const up = { pressed: false, value: 0 };
    const buttons = Array.from({ length: 10 }, () => up);
    const pad = { mapping: 'standard', axes: [1, -1, 0, 0], buttons };
    expect(padVelocity(pad)).toEqual({ pan: 1, tilt: 1, zoom: 0 });
    const trigger = buttons.with(7, { pressed: true, value: 1 });
    expect(padVelocity({ ...pad, buttons: trigger }).zoom).toBe(1);
    expect(padPresets({ ...pad, buttons: trigger })).toEqual([]);
    expect(padPresets({ ...pad, buttons: buttons.with(8, { pressed: true, value: 1 }) })).toEqual([6]);
    expect(padVelocity({ mapping: '', axes: [0, 0, -1], buttons: [] }).zoom).toBe(-1);
  });
});

describe('aiming on the picture', () => {
  const picture = { left: 100, top: 50, width: 640, height: 360 };
  it('keeps to the picture', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), fc.integer(), (a, b, c, d) => {
        const aim = aimOf(
          placeOn({ clientX: a, clientY: b }, picture),
          placeOn({ clientX: c, clientY: d }, picture),
          picture,
        );
        expect(aim.x).toBeGreaterThanOrEqual(0);
        expect(aim.y).toBeGreaterThanOrEqual(0);
        if (aim.is === 'box') expect(Math.max(aim.width, aim.height)).toBeLessThanOrEqual(1);
      }),
    );
  });
  it('takes a small slip for a click', () => {
    expect(aimOf({ x: 0.5, y: 0.5 }, { x: 0.505, y: 0.5 }, picture).is).toBe('point');
    expect(aimOf({ x: 0.5, y: 0.5 }, { x: 0.3, y: 0.2 }, picture)).toMatchObject({ is: 'box', x: 0.3, y: 0.2 });
  });
});
