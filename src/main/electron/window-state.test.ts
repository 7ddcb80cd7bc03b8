import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { tempFolder } from '../../../tests/support/temp.ts';
import { arrangement, createWindowMemory, type Monitor, place } from './window-state.ts';

const monitor = (id: number, x: number, y: number, width: number, height: number): Monitor => ({
  id,
  bounds: { x, y, width, height },
  workArea: { x, y, width, height: height - 40 },
});
const left = monitor(1, 0, 0, 1920, 1080);
const right = monitor(2, 1920, 0, 2560, 1440);
const wanted = { width: 1440, height: 900 };
const at = (x: number, y: number) => ({ bounds: { x, y, width: 1200, height: 700 }, maximized: true, full: false });

describe('placing a window', () => {
  test('where it stood, if its title bar can be reached', () => {
    expect(place(at(2000, 100), [left, right], wanted)).toEqual(at(2000, 100));
    expect(place(at(2000, 100), [left], wanted)).toEqual({
      bounds: { x: 240, y: 70, width: 1440, height: 900 },
      maximized: false,
      full: false,
    });
  });
  test('never out of reach, whatever was saved', () => {
    const rect = fc.record({
      x: fc.integer({ min: -9000, max: 9000 }),
      y: fc.integer({ min: -9000, max: 9000 }),
      width: fc.integer({ min: 1, max: 5000 }),
      height: fc.integer({ min: 1, max: 5000 }),
    });
    fc.assert(
      fc.property(rect, (bounds) => {
        const { bounds: b } = place({ bounds, maximized: false, full: false }, [left, right], wanted);
        const grabbed = [left, right].some(
          (m) =>
            Math.min(b.x + b.width, m.workArea.x + m.workArea.width) - Math.max(b.x, m.workArea.x) >= 100 &&
            b.y >= m.workArea.y - 8 &&
            b.y < m.workArea.y + m.workArea.height,
        );
        expect(grabbed).toBe(true);
      }),
    );
  });
});

describe('memory of windows', () => {
  const temp = tempFolder('vigie-windows-');
  afterAll(() => temp.remove());
  test('is kept by arrangement and role, whatever the order of monitors', () => {
    const file = join(temp.path, 'a', 'windows.json');
    createWindowMemory(file).keep([left, right], 'main', at(5, 5));
    const again = createWindowMemory(file);
    expect(again.recall([right, left], 'main')).toEqual(at(5, 5));
    expect(again.recall([left], 'main')).toBeNull();
    expect(again.recall([left, right], 'monitor 2')).toBeNull();
    expect(arrangement([left, right])).toBe(arrangement([right, left]));
  });
  test('survives a damaged file', () => {
    const file = join(temp.path, 'damaged.json');
    writeFileSync(file, '{"main on x": {"bounds": 7}');
    expect(createWindowMemory(file).recall([left], 'main')).toBeNull();
  });
});
