/** From what a hand does to how fast a head turns. Pure. Right, up and in are positive. */
import type { PtzVelocity } from '#domain/ptz.ts';

export const still: PtzVelocity = { pan: 0, tilt: 0, zoom: 0 };
export const isStill = (v: PtzVelocity): boolean => v.pan === 0 && v.tilt === 0 && v.zoom === 0;
export const sameVelocity = (a: PtzVelocity, b: PtzVelocity): boolean =>
  a.pan === b.pan && a.tilt === b.tilt && a.zoom === b.zoom;

const clamp = (v: number): number => Math.min(1, Math.max(-1, v));
/** Two decimals: a trembling hand must not send a command for each thousandth. Never −0. */
const tidy = (v: number): number => Math.round(clamp(v) * 100) / 100 + 0;

/** Opposite keys cancel each other; together nothing is faster than full speed. */
export function sumOf(parts: Iterable<PtzVelocity>): PtzVelocity {
  let sum = still;
  for (const p of parts) sum = { pan: sum.pan + p.pan, tilt: sum.tilt + p.tilt, zoom: sum.zoom + p.zoom };
  return { pan: tidy(sum.pan), tilt: tidy(sum.tilt), zoom: tidy(sum.zoom) };
}

export const scaled = (v: PtzVelocity, by: number): PtzVelocity => ({
  pan: tidy(v.pan * by),
  tilt: tidy(v.tilt * by),
  zoom: tidy(v.zoom * by),
});

/** Slow near the middle, where a hand aims: 0 … 1 to 0 … 1. */
const eased = (part: number): number => part ** 1.6;

/** Of a stick that rests near 0 and never quite there: nothing within the dead zone, then eased up to the end. */
export function axisSpeed(value: number, deadZone = 0.12): number {
  const size = Math.min(1, Math.abs(value));
  return size <= deadZone ? 0 : tidy(Math.sign(value) * eased((size - deadZone) / (1 - deadZone)));
}

/** Of a pointer `dx` to the right and `dy` below the middle of a ring with this radius; full speed at its edge and beyond. */
export function ringVelocity(dx: number, dy: number, radius: number): PtzVelocity {
  const far = Math.hypot(dx, dy);
  const part = axisSpeed(far / radius, 0.15);
  return far === 0 || part === 0 ? still : { pan: tidy((dx / far) * part), tilt: tidy((-dy / far) * part), zoom: 0 };
}

const arrows: Readonly<Record<string, readonly [pan: number, tilt: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
  Numpad4: [-1, 0],
  Numpad6: [1, 0],
  Numpad8: [0, 1],
  Numpad2: [0, -1],
  Numpad7: [-1, 1],
  Numpad9: [1, 1],
  Numpad1: [-1, -1],
  Numpad3: [1, -1],
};
const zooms: Readonly<Record<string, number>> = { NumpadAdd: 1, NumpadSubtract: -1 };

/** Of a key by its place on the keyboard (`KeyboardEvent.code`); null: it turns nothing. */
export function keyVelocity(code: string): PtzVelocity | null {
  const turn = Object.hasOwn(arrows, code) ? arrows[code] : undefined;
  if (turn) return { pan: turn[0], tilt: turn[1], zoom: 0 };
  const zoom = Object.hasOwn(zooms, code) ? zooms[code] : undefined;
  return zoom === undefined ? null : { ...still, zoom };
}

export type Pad = {
  mapping: string;
  axes: readonly number[];
  buttons: readonly { pressed: boolean; value: number }[];
};
const leftTrigger = 6;
const rightTrigger = 7;

/**
 * Of a gamepad (W3C Gamepad §6, standard mapping: left stick turns; triggers or the right stick zoom) or a joystick
 * (three axes: turn, turn, twist to zoom).
 */
export function padVelocity(pad: Pad): PtzVelocity {
  const axis = (n: number): number => axisSpeed(pad.axes[n] ?? 0);
  const trigger = (n: number): number => pad.buttons[n]?.value ?? 0;
  const zoom =
    pad.mapping === 'standard' ? axisSpeed(trigger(rightTrigger) - trigger(leftTrigger), 0.05) || -axis(3) : axis(2);
  return { pan: axis(0), tilt: tidy(-axis(1)), zoom: tidy(zoom) };
}

/** Numbers of the presets, from 0, whose buttons are down; triggers are for zooming. */
export const padPresets = (pad: Pad): number[] =>
  pad.buttons
    .map((b, i) => ({ b, i }))
    .filter(({ i }) => pad.mapping !== 'standard' || (i !== leftTrigger && i !== rightTrigger))
    .flatMap(({ b }, n) => (b.pressed ? [n] : []));
