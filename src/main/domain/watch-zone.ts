/** Zones and lines on a camera's picture: where it is watched, and what there matters. */
import { z } from 'zod';
import { CameraId, LineId, ZoneId } from './id.ts';
import { ObjectClass } from './object-class.ts';
import { inside, Point, Polygon } from './place.ts';
import { ScheduleId } from './recording-plan.ts';
import { PlateTells } from './watching.ts';

/**
 * detect: objects in it matter · ignore: nothing in it does (trees, a road) · privacy: never analysed, never shown, never
 * exported. Without a detect zone the whole picture is one.
 */
export const ZoneKind = z.enum(['detect', 'ignore', 'privacy']);
export type ZoneKind = z.infer<typeof ZoneKind>;

/** Of a zone that is ignored. everything: nothing in it counts · standing: what moves through it does, what never left its place does not. */
export const ZoneIgnores = z.enum(['everything', 'standing']);
export type ZoneIgnores = z.infer<typeof ZoneIgnores>;

export const mostZones = 16;
export const mostLines = 16;

const name = z.string().trim().min(1, 'it needs a name').max(80);
/** Objects that count: of these classes (none named: people, vehicles and cycles), this sure, this high. */
const filter = {
  classes: z.array(ObjectClass).max(ObjectClass.options.length).default([]),
  /** 0 … 1; null: what the model's manifest says. */
  minScore: z.number().min(0).max(1).nullable().default(null),
  /** Part of the picture's height that an object must have. */
  minHeight: z.number().min(0).max(1).default(0),
  maxHeight: z.number().min(0).max(1).default(1),
  /** When it holds; null: always. A schedule's time that is not `off` counts. */
  scheduleId: ScheduleId.nullable().default(null),
};

/** What happens in a zone and is told as an event. */
export const ZoneTriggers = z.object({
  /** An object is in it: one event from its coming to its going. */
  present: z.boolean().default(true),
  /** It came in from outside of the zone. */
  enters: z.boolean().default(false),
  leaves: z.boolean().default(false),
  /** It stays longer than this, seconds; null: does not matter. */
  loitersS: z.number().int().min(1).max(86_400).nullable().default(null),
  /** More than so many at once; null: does not matter. */
  crowd: z.number().int().min(1).max(500).nullable().default(null),
  /** Something stands there that was not there before, for so long, seconds (left luggage, a parked car). */
  leftS: z.number().int().min(5).max(86_400).nullable().default(null),
  /** Something that stood there is gone, for so long, seconds. */
  takenS: z.number().int().min(5).max(86_400).nullable().default(null),
});
export type ZoneTriggers = z.infer<typeof ZoneTriggers>;

export const ZoneDraft = z.object({
  kind: ZoneKind,
  name,
  points: Polygon,
  /** What of it is ignored; matters in an `ignore` zone alone. */
  ignores: ZoneIgnores.default('everything'),
  /** Plates in it are read although no vehicle was found: a barrier, a lane. */
  plates: z.boolean().default(false),
  /** Which plates in it are told; null: as the camera. */
  plateTells: PlateTells.nullable().default(null),
  /** Answered before others while the PC is busy. */
  urgent: z.boolean().default(false),
  triggers: ZoneTriggers.prefault({}),
  ...filter,
});
export type ZoneDraft = z.infer<typeof ZoneDraft>;
/** Counts up with every change, so that two who draw at the same time notice. */
const version = z.number().int().min(1);
export const WatchZone = ZoneDraft.extend({ id: ZoneId, cameraId: CameraId, version });
export type WatchZone = z.infer<typeof WatchZone>;

type Shutting = Pick<WatchZone, 'kind'> & Partial<Pick<WatchZone, 'ignores'>>;
/** Nothing in it counts, whatever it does. */
export const isShut = ({ kind, ignores }: Shutting): boolean =>
  kind === 'privacy' || (kind === 'ignore' && ignores !== 'standing');
/** What stands in it does not count; what moves through it does. */
export const shutsStanding = ({ kind, ignores }: Shutting): boolean => kind === 'ignore' && ignores === 'standing';
/** Whether zones keep out an object that stands at a point; `left`: it has left the place in which it was seen first. */
export const keptOut = (zones: readonly (Shutting & Pick<WatchZone, 'points'>)[], at: Point, left: boolean): boolean =>
  zones.some((z) => (isShut(z) || (shutsStanding(z) && !left)) && inside(z.points, at));

/** Seen by who walks from `a` to `b`. */
export const LineDirection = z.enum(['to-right', 'to-left']);
export type LineDirection = z.infer<typeof LineDirection>;

export const LineDraft = z
  .object({
    name,
    a: Point,
    b: Point,
    /** Which way is told; `both`: each. */
    tells: z.enum(['both', 'to-right', 'to-left', 'none']).default('both'),
    /** Which way counts as in; null: it is not counted. */
    countsIn: LineDirection.nullable().default(null),
    /** The way that is forbidden: told as wrong way. */
    wrongWay: LineDirection.nullable().default(null),
    /** The second line of a stretch of known length: with it speed is told. */
    speed: z
      .object({
        toLineId: LineId,
        metres: z.number().min(0.5).max(1000),
        limitKmh: z.number().min(1).max(400).nullable(),
      })
      .nullable()
      .default(null),
    ...filter,
  })
  .refine((l) => Math.hypot(l.a.x - l.b.x, l.a.y - l.b.y) >= 0.01, {
    message: 'a line needs two ends',
    path: ['b'],
    params: { why: 'tiny' },
  });
export type LineDraft = z.infer<typeof LineDraft>;
export const WatchLine = z.intersection(LineDraft, z.object({ id: LineId, cameraId: CameraId, version }));
export type WatchLine = z.infer<typeof WatchLine>;

/** What is not said of classes. */
export const usualClasses: readonly ObjectClass[] = ['person', 'bicycle', 'motorcycle', 'car', 'bus', 'truck'];
