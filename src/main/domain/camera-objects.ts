/** What a camera's own analysis sees in its picture (ONVIF Analytics Service §5.3, `tt:Object`). Boxes are parts of the picture. */
import { z } from 'zod';
import { StreamKind } from './stream.ts';
import { TimeMs } from './time.ts';

const part = z.number().min(0).max(1);

export const CameraObject = z.object({
  /** The camera's own number of it: the same object keeps it from picture to picture. */
  id: z.string().max(64),
  /** What it is, as the camera calls it (`Human`, `Vehicle`, a maker's own word); null: it does not say. */
  class: z.string().min(1).max(40).nullable(),
  /** How sure the camera is of that; null: it does not say. */
  likelihood: part.nullable(),
  /** From the left and upper edge of the picture. */
  box: z.object({ x: part, y: part, width: part, height: part }),
});
export type CameraObject = z.infer<typeof CameraObject>;

/** Most objects of one picture that are taken. */
export const mostObjects = 64;
/** A box that nothing new was said of for so long is not shown any more, ms. */
export const objectsLastMs = 1_500;

/** All objects of one picture. */
export const CameraObjects = z.object({
  /** Station time at which the camera told. */
  atMs: TimeMs,
  objects: z.array(CameraObject).max(mostObjects),
});
export type CameraObjects = z.infer<typeof CameraObjects>;

/** Kinds of object that were seen since the station started, the latest first. */
export const ObjectsSeen = z.array(z.object({ class: CameraObject.shape.class, lastMs: TimeMs })).max(16);
export type ObjectsSeen = z.infer<typeof ObjectsSeen>;

/**
 * What becomes of the metadata that a camera offers beside its pictures: reading · compressed: in a form that is not read (gzip,
 * EXI) · refused: offered, but the camera does not give it · none: not offered.
 */
export const MetadataState = z.enum(['reading', 'compressed', 'refused', 'none']);
export type MetadataState = z.infer<typeof MetadataState>;

/** The metadata of one camera, as it is read now. */
export const MetadataNow = z.object({
  state: MetadataState,
  /** Which of its streams carries it. */
  stream: StreamKind,
  /** Documents that were left out since the connection was made: too large, too many, damaged, not XML. */
  leftOut: z.number().int().min(0),
  seen: ObjectsSeen,
});
export type MetadataNow = z.infer<typeof MetadataNow>;

/** The kinds seen, with those of one more picture; at most 16, the latest first. */
export function seenWith(seen: ObjectsSeen, { atMs, objects }: CameraObjects): ObjectsSeen {
  if (objects.length === 0) return seen;
  const now = new Set(objects.map((o) => o.class));
  return [...[...now].map((c) => ({ class: c, lastMs: atMs })), ...seen.filter((s) => !now.has(s.class))].slice(0, 16);
}
