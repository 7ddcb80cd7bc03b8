/** Steering a camera. One person steers at a time: the lock says who. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { CameraId, UserId } from '../domain/id.ts';
import { PtzFacts, PtzPreset, PtzStatus, PtzTour, PtzVelocity } from '../domain/ptz.ts';
import { TimeMs } from '../domain/time.ts';
import { none, operator, viewer } from './base.ts';

const one = z.object({ id: CameraId });
const part = z.number().min(-1).max(1);
/** Part of the picture, 0 … 1 from its left and upper edge. */
const across = z.number().min(0).max(1);

export const PtzState = z.object({
  facts: PtzFacts,
  /** null: the device does not tell. */
  status: PtzStatus.nullable(),
  /** Who steers; null: nobody. Free again a few seconds after the last command. */
  lock: z.object({ userId: UserId, name: z.string(), sinceMs: TimeMs, mine: z.boolean() }).nullable(),
  presets: z.array(PtzPreset).max(512),
  tours: z.array(PtzTour).max(32),
  /** The tour that runs, and the preset it is at. */
  touring: z.object({ name: z.string(), preset: z.string() }).nullable(),
});
export type PtzState = z.infer<typeof PtzState>;

export const ptz = {
  /** First the whole state, then again whenever it changes. */
  watch: viewer
    .route({ method: 'GET', path: '/cameras/{id}/ptz', summary: 'Follow the head of a camera (server-sent events)' })
    .input(one)
    .output(eventIterator(PtzState)),
  /**
   * Moves until told otherwise, at most `holdMs` after the last call: who holds a key calls again before. A client whose link
   * or window is gone stops calling, and the station stops the camera.
   */
  move: operator
    .route({ method: 'POST', path: '/cameras/{id}/ptz/move' })
    .input(one.extend({ velocity: PtzVelocity, holdMs: z.number().int().min(200).max(2_000).default(800) }))
    .output(none),
  stop: operator.route({ method: 'POST', path: '/cameras/{id}/ptz/stop' }).input(one).output(none),
  absolute: operator
    .route({ method: 'POST', path: '/cameras/{id}/ptz/absolute' })
    .input(one.extend({ pan: part.optional(), tilt: part.optional(), zoom: across.optional() }))
    .output(none),
  /** The point of the picture comes to its middle. */
  centre: operator
    .route({ method: 'POST', path: '/cameras/{id}/ptz/centre' })
    .input(one.extend({ x: across, y: across }))
    .output(none),
  /** The box fills the picture. */
  box: operator
    .route({ method: 'POST', path: '/cameras/{id}/ptz/box' })
    .input(
      one.extend({ x: across, y: across, width: z.number().min(0.01).max(1), height: z.number().min(0.01).max(1) }),
    )
    .output(none),
  home: operator.route({ method: 'POST', path: '/cameras/{id}/ptz/home' }).input(one).output(none),
  setHome: operator.route({ method: 'PUT', path: '/cameras/{id}/ptz/home' }).input(one).output(none),
  go: operator
    .route({ method: 'POST', path: '/cameras/{id}/ptz/presets/{preset}/go' })
    .input(one.extend({ preset: PtzPreset.shape.token }))
    .output(none),
  /** Keeps the present position under a name; with `preset` it moves that one there. */
  setPreset: operator
    .route({ method: 'POST', path: '/cameras/{id}/ptz/presets', successStatus: 201 })
    .input(one.extend({ name: z.string().trim().min(1).max(80), preset: PtzPreset.shape.token.optional() }))
    .output(PtzPreset),
  removePreset: operator
    .route({ method: 'DELETE', path: '/cameras/{id}/ptz/presets/{preset}' })
    .input(one.extend({ preset: PtzPreset.shape.token }))
    .output(none),
  /** Saves a tour under its name; replaces one of the same name. */
  saveTour: operator
    .route({ method: 'PUT', path: '/cameras/{id}/ptz/tours' })
    .input(one.extend({ tour: PtzTour }))
    .output(none),
  removeTour: operator
    .route({ method: 'DELETE', path: '/cameras/{id}/ptz/tours/{name}' })
    .input(one.extend({ name: PtzTour.shape.name }))
    .output(none),
  /** A tour runs until somebody steers or it is stopped; it goes on a minute after the last hand. */
  startTour: operator
    .route({ method: 'POST', path: '/cameras/{id}/ptz/tours/{name}/start' })
    .input(one.extend({ name: PtzTour.shape.name }))
    .output(none),
  stopTour: operator.route({ method: 'POST', path: '/cameras/{id}/ptz/tours/stop' }).input(one).output(none),
  /** Takes the lock from whoever has it; administrators and who holds it may. */
  takeLock: operator.route({ method: 'POST', path: '/cameras/{id}/ptz/lock' }).input(one).output(none),
  releaseLock: operator.route({ method: 'DELETE', path: '/cameras/{id}/ptz/lock' }).input(one).output(none),
};
