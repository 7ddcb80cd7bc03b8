import { z } from 'zod';

/** Part of the greatest speed, −1 … 1: right, up and in are positive (ONVIF PTZ Service §5.7 generic velocity spaces). */
const velocity = z.number().min(-1).max(1);

export const PtzVelocity = z.object({ pan: velocity.default(0), tilt: velocity.default(0), zoom: velocity.default(0) });
export type PtzVelocity = z.infer<typeof PtzVelocity>;

/** Generic position space: pan, tilt −1 … 1, zoom 0 … 1. */
export const PtzPosition = z.object({
  pan: z.number().min(-1).max(1).nullable(),
  tilt: z.number().min(-1).max(1).nullable(),
  zoom: z.number().min(0).max(1).nullable(),
});
export type PtzPosition = z.infer<typeof PtzPosition>;

export const PtzStatus = PtzPosition.extend({ moving: z.boolean() });
export type PtzStatus = z.infer<typeof PtzStatus>;

export const PtzPreset = z.object({ token: z.string().max(128), name: z.string().trim().max(80) });
export type PtzPreset = z.infer<typeof PtzPreset>;

/** How a head's numbers become angles, as far as the device tells by its spaces (ONVIF PTZ Service §5.7). */
export const PtzLens = z.object({
  /** Degrees from the middle to the end of the generic space. */
  panDegrees: z.number().positive().max(3600).nullable(),
  tiltDegrees: z.number().positive().max(360).nullable(),
  /** Focal lengths at zoom 0 and 1. */
  focalMm: z.object({ wide: z.number().positive(), tele: z.number().positive() }).nullable(),
});
export type PtzLens = z.infer<typeof PtzLens>;

/** What the head can do. */
export const PtzFacts = z.object({
  continuous: z.boolean(),
  absolute: z.boolean(),
  relative: z.boolean(),
  zoom: z.boolean(),
  home: z.boolean(),
  homeFixed: z.boolean(),
  presets: z.number().int().min(0),
  lens: PtzLens,
});
export type PtzFacts = z.infer<typeof PtzFacts>;

/** A round through presets, driven by Vigie. */
export const PtzTour = z.object({
  name: z.string().trim().min(1).max(80),
  stops: z
    .array(z.object({ preset: z.string().max(128), stayMs: z.number().int().min(1_000).max(3_600_000) }))
    .min(2)
    .max(64),
});
export type PtzTour = z.infer<typeof PtzTour>;
