/** A road with vehicles on it, over grey pictures of 320 × 180: what moves in the same place again and again, the same each time. */
import { chance, height, width, type Chance } from './weather.ts';

export type Lane = {
  /** Where wheels stand, pixels from the top. */
  y: number;
  /** Pixels a second on average; negative: to the left. */
  speed: number;
  /** Of a car, pixels. */
  tall: number;
  /** From one vehicle's front to the next one's, s: at least, and on average so much more. */
  least: number;
  more: number;
};
export type Vehicle = {
  lane: Lane;
  /** When its front is at the edge of the picture, s. */
  fromS: number;
  speed: number;
  wide: number;
  tall: number;
  shade: number;
  glass: number;
  stripe: number;
};
export type Spot = { left: number; top: number; right: number; bottom: number };

/** Who drives by in so many seconds. */
export function trafficOf(lanes: readonly Lane[], seconds: number, seed: number, from = 5): Vehicle[] {
  const next = chance(seed);
  return lanes.flatMap((lane) => {
    const all: Vehicle[] = [];
    for (let at = from + next() * lane.least; at < seconds; at += gap(lane, next)) {
      const lorry = next() < 0.15;
      const tall = lane.tall * (lorry ? 1.7 : 0.9 + 0.3 * next());
      all.push({
        ...{ lane, fromS: at, speed: lane.speed * (0.9 + 0.2 * next()) },
        ...{ tall, wide: tall * (lorry ? 2.4 + next() : 1.8 + 0.8 * next()) },
        ...{ shade: 25 + next() * 205, glass: 25 + next() * 50, stripe: next() },
      });
    }
    return all;
  });
}
const gap = ({ least, more }: Lane, next: Chance): number => least - more * Math.log(1 - next());

/** Where a vehicle is; null: not in the picture. */
export function spotOf({ lane, fromS, speed, wide, tall }: Vehicle, second: number): Spot | null {
  const gone = (second - fromS) * Math.abs(speed);
  const left = speed > 0 ? gone - wide : width - gone;
  return gone <= 0 || gone >= width + wide ? null : { left, right: left + wide, top: lane.y - tall, bottom: lane.y };
}

/** The picture with those who are in it: body, roof, glass, wheels, a shadow. */
export function drive(picture: ArrayLike<number>, all: readonly Vehicle[], second: number): Float32Array {
  const out = Float32Array.from(picture);
  const paint = ({ left, top, right, bottom }: Spot, level: (x: number, y: number) => number): void => {
    for (let y = Math.max(0, Math.round(top)); y < Math.min(height, Math.round(bottom)); y += 1)
      for (let x = Math.max(0, Math.round(left)); x < Math.min(width, Math.round(right)); x += 1)
        out[y * width + x] = level(x - left, y - top);
  };
  for (const v of all) {
    const spot = spotOf(v, second);
    if (spot === null) continue;
    const { left, right, top, bottom } = spot;
    const part = (x0: number, y0: number, x1: number, y1: number): Spot => ({
      ...{ left: left + x0 * v.wide, right: left + x1 * v.wide },
      ...{ top: top + y0 * v.tall, bottom: top + y1 * v.tall },
    });
    paint({ left, right, top: bottom - 0.06 * v.tall, bottom: bottom + 0.06 * v.tall }, () => 25);
    paint(part(0, 0.4, 1, 0.92), (x, y) => v.shade - y * 0.8 + (v.stripe > 0.5 ? 8 * Math.sin(x / 3) : 0));
    paint(part(0.18, 0, 0.85, 0.45), () => v.shade * 0.95);
    paint(part(0.22, 0.07, 0.5, 0.38), () => v.glass);
    paint(part(0.53, 0.07, 0.8, 0.38), () => v.glass);
    for (const at of [0.12, 0.7]) paint(part(at, 0.72, at + 0.18, 1), () => 30);
  }
  return out;
}

/** The scene with plain asphalt where the lanes are. */
export function paved(scene: ArrayLike<number>, lanes: readonly Lane[]): Float32Array {
  const out = Float32Array.from(scene);
  for (const { y: wheels, tall } of lanes)
    for (let y = Math.round(wheels - tall * 0.6); y < wheels + 10; y += 1)
      for (let x = 0; x < width; x += 1) out[y * width + x] = 85 + ((x * 7 + y * 13) % 11) - 5;
  return out;
}
