/** Where a head must look so that a point of its picture comes to the middle, or a box of it fills the picture. */
import type { PtzLens } from '../ptz.ts';

/** Generic position: pan, tilt −1 … 1, zoom 0 … 1. */
export type Place = { pan: number; tilt: number; zoom: number };

/** What the picture of a head spans. Angles in radians; `wideTan`: tangent of half the angle across at zoom 0. */
export type View = { panAngle: number; tiltAngle: number; wideTan: number; ratio: number; aspect: number };

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Width of a 1/2.8″ sensor, the usual one behind lenses that tell their focal length. */
const sensorMm = 5.4;
/**
 * Where a device tells nothing: a dome that turns all around and nods by a right angle, as most heads do, with the lens most
 * domes have (65° across, twenty times).
 */
const guess = { panDegrees: 180, tiltDegrees: 90, wideDegrees: 65, ratio: 20 };

/** `aspect`: width by height of the picture. */
export function viewOf(lens: PtzLens, aspect: number): View {
  const { focalMm } = lens;
  return {
    panAngle: radians(lens.panDegrees ?? guess.panDegrees),
    tiltAngle: radians(lens.tiltDegrees ?? guess.tiltDegrees),
    wideTan: focalMm === null ? Math.tan(radians(guess.wideDegrees) / 2) : sensorMm / 2 / focalMm.wide,
    ratio: focalMm === null ? guess.ratio : Math.max(1, focalMm.tele / focalMm.wide),
    aspect,
  };
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
/** How much nearer things look than at zoom 0. */
const enlarged = (view: View, zoom: number): number => 1 + clamp(zoom, 0, 1) * (view.ratio - 1);

/** Pan of a head that turns all around goes on at the other end. */
function around(view: View, angle: number): number {
  const unit = angle / view.panAngle;
  const full = Math.PI / view.panAngle; // half a turn in units of the space
  const wrapped = full <= 1.001 && (unit > 1 || unit < -1) ? unit - 2 * full * Math.round(unit / (2 * full)) : unit;
  return clamp(wrapped, -1, 1);
}

/** The place that looks at a point of the picture: 0 … 1 from its left and upper edge. Zoom stays. */
export function aimAt(view: View, from: Place, point: { x: number; y: number }): Place {
  const half = view.wideTan / enlarged(view, from.zoom);
  const right = (2 * point.x - 1) * half;
  const up = ((1 - 2 * point.y) * half) / view.aspect;
  const tilt = from.tilt * view.tiltAngle;
  // The ray in the head's own frame, turned up by its tilt.
  const ahead = Math.cos(tilt) - up * Math.sin(tilt);
  const high = Math.sin(tilt) + up * Math.cos(tilt);
  return {
    pan: around(view, from.pan * view.panAngle + Math.atan2(right, ahead)),
    tilt: clamp(Math.atan2(high, Math.hypot(right, ahead)) / view.tiltAngle, -1, 1),
    zoom: from.zoom,
  };
}

/** The place from which a box of the picture fills it, as far as the lens goes. */
export function aimBox(view: View, from: Place, box: { x: number; y: number; width: number; height: number }): Place {
  const middle = aimAt(view, from, { x: box.x + box.width / 2, y: box.y + box.height / 2 });
  const wanted = enlarged(view, from.zoom) * Math.min(1 / box.width, 1 / box.height);
  return { ...middle, zoom: view.ratio <= 1 ? from.zoom : clamp((wanted - 1) / (view.ratio - 1), 0, 1) };
}
