/** A road on which it never rests, before the motion gate: what passes stays to be seen. */
import { describe, expect, it } from 'vitest';
import { drive, paved, spotOf, trafficOf, type Lane, type Spot } from '../../../../tests/support/traffic.ts';
import { chance, drawnScene, noisy, walker } from '../../../../tests/support/weather.ts';
import { cellMask } from '../motion-cells.ts';
import type { Box } from '../place.ts';
import { freshMotionGate, motionGate, type MotionGate } from './motion-gate.ts';

const everywhere = cellMask([]);
/** Most of it is in one of the boxes. */
const isIn = ({ left, top, right, bottom }: Spot, boxes: readonly Box[]): boolean =>
  boxes.some((b) => {
    const wide = Math.min(right, (b.x + b.width) * 320) - Math.max(left, b.x * 320);
    const high = Math.min(bottom, (b.y + b.height) * 180) - Math.max(top, b.y * 180);
    return wide > 0 && high > 0 && wide * high > 0.25 * (right - left) * (bottom - top);
  });

const roads: Record<string, Lane[]> = {
  'a busy road': [
    { y: 125, speed: 90, tall: 24, least: 1.2, more: 1.5 },
    { y: 150, speed: -100, tall: 30, least: 1.2, more: 1.5 },
  ],
  'a slow, dense one': [
    { y: 125, speed: 60, tall: 26, least: 1.2, more: 0.4 },
    { y: 150, speed: -70, tall: 32, least: 1.2, more: 0.4 },
  ],
  'one far off': [
    { y: 80, speed: 40, tall: 9, least: 0.8, more: 0.8 },
    { y: 88, speed: -40, tall: 10, least: 0.8, more: 0.8 },
  ],
};

describe('what passes', () => {
  it.each(Object.entries(roads))(
    'is seen on %s after a quarter of an hour, and who walks there too',
    { timeout: 240_000 },
    (_, lanes) => {
      const seconds = 15 * 60;
      const scene = paved(drawnScene(11), lanes);
      const all = trafficOf(lanes, seconds, 10);
      const next = chance(1);
      const [lane] = lanes;
      const tall = Math.max(16, lane!.tall * 1.1);
      const vehicles = new Map<object, boolean>();
      const walks = { looks: 0, seen: 0 };
      let still = 0;
      let gate: MotionGate = freshMotionGate;
      for (let second = 0; second < seconds; second += 1) {
        const here = all.flatMap((vehicle) => {
          const spot = spotOf(vehicle, second);
          return spot === null ? [] : [{ vehicle, spot }];
        });
        // In the last minute somebody walks along the lane.
        const x = 20 + 9.5 * (second - (seconds - 60));
        const walking = x > 0 && x < 300;
        const road = drive(scene, all, second);
        const grey = noisy(walking ? walker(road, x, lane!.y + 4, tall, second) : road, 2, next);
        const input = { atMs: 1_000_000 + second * 1_000, grey, mask: everywhere, sensitivity: 0.5, minArea: 0.002 };
        const [after, { is, regions }] = motionGate(gate, { ...input, anew: false, second: false });
        gate = after;
        if (second < seconds - 120) continue;
        const boxes = regions.map((r) => r.box);
        if (is === 'still' && here.length > 0) still += 1;
        for (const { vehicle, spot } of here)
          if (spot.left >= 0 && spot.right <= 320) vehicles.set(vehicle, vehicles.get(vehicle) || isIn(spot, boxes));
        if (!walking) continue;
        walks.looks += 1;
        if (
          isIn({ left: x - tall * 0.15, right: x + tall * 0.15, top: lane!.y + 4 - tall, bottom: lane!.y + 4 }, boxes)
        )
          walks.seen += 1;
      }
      const told = [...vehicles.values()];
      expect(told.length).toBeGreaterThan(20);
      expect(told.filter(Boolean).length / told.length).toBeGreaterThan(0.85);
      expect(walks.seen).toBeGreaterThan(walks.looks / 2);
      expect(still).toBeLessThan(6);
    },
  );
});
