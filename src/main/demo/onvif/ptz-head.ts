/**
 * The head of a camera that turns: a position in the generic spaces (pan and tilt −1 … 1, zoom 0 … 1), moved at a real speed,
 * stopped at its ends. Nothing ticks: where it is follows from when it was told what.
 */
import type { Clock } from '#lib/clock.ts';

export type Position = { pan: number; tilt: number; zoom: number };
export type Axis = keyof Position;

export const axes: readonly Axis[] = ['pan', 'tilt', 'zoom'];
/** Units of the generic space per second at full speed: end to end takes 5 s (pan), 4 s (tilt), 3 s (zoom). */
export const fullSpeed: Position = { pan: 0.4, tilt: 0.5, zoom: 1 / 3 };
const least: Position = { pan: -1, tilt: -1, zoom: 0 };

/** `to`: where it ends exactly, when that was said. */
type Motion = { from: number; atMs: number; speed: number; untilMs: number; to: number | null };

export type PtzHead = {
  position(): Position;
  moving(): Record<Axis, boolean>;
  /** Parts of full speed, −1 … 1; an axis that is absent goes on as it was. Stops by itself after `forMs`. */
  run(velocity: Partial<Position>, forMs: number): void;
  /** To a place, each axis at its part of full speed (0 … 1]. Places beyond the ends are the ends. */
  go(to: Partial<Position>, speed?: Partial<Position>): void;
  stop(which: readonly Axis[]): void;
};

const clamp = (axis: Axis, v: number): number => Math.min(1, Math.max(least[axis], v));

export function createPtzHead(clock: Pick<Clock, 'monoMs'>, start: Position = { pan: 0, tilt: 0, zoom: 0 }): PtzHead {
  const motions = Object.fromEntries(
    axes.map((axis) => [axis, { from: start[axis], atMs: 0, speed: 0, untilMs: 0, to: null }]),
  ) as Record<Axis, Motion>;

  const at = (axis: Axis): number => {
    const m = motions[axis];
    if (m.to !== null && clock.monoMs() >= m.untilMs) return m.to;
    const seconds = Math.max(0, Math.min(clock.monoMs(), m.untilMs) - m.atMs) / 1000;
    return clamp(axis, m.from + m.speed * seconds);
  };
  const isMoving = (axis: Axis): boolean => {
    const m = motions[axis];
    if (m.speed === 0 || clock.monoMs() >= m.untilMs) return false;
    const here = at(axis);
    return m.speed > 0 ? here < 1 : here > least[axis];
  };
  const set = (axis: Axis, speed: number, forMs: number, to: number | null = null): void => {
    const now = clock.monoMs();
    motions[axis] = { from: at(axis), atMs: now, speed, untilMs: now + forMs, to };
  };

  return {
    position: () => ({ pan: at('pan'), tilt: at('tilt'), zoom: at('zoom') }),
    moving: () => ({ pan: isMoving('pan'), tilt: isMoving('tilt'), zoom: isMoving('zoom') }),
    run(velocity, forMs) {
      for (const axis of axes) {
        const v = velocity[axis];
        if (v !== undefined) set(axis, Math.min(1, Math.max(-1, v)) * fullSpeed[axis], forMs);
      }
    },
    go(to, speed = {}) {
      for (const axis of axes) {
        const target = to[axis];
        if (target === undefined) continue;
        const end = clamp(axis, target);
        const way = end - at(axis);
        const perSecond = fullSpeed[axis] * Math.min(1, Math.max(0.02, speed[axis] ?? 1));
        set(axis, Math.sign(way) * perSecond, (Math.abs(way) / perSecond) * 1000, end);
      }
    },
    stop(which) {
      for (const axis of which) set(axis, 0, 0);
    },
  };
}
