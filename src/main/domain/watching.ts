/** How a camera is watched by this station's own analysis. */
import { z } from 'zod';
import { LineId } from './id.ts';
import { ModelId } from './model.ts';
import { Box } from './place.ts';
import { StreamKind } from './stream.ts';
import { TimeMs } from './time.ts';
import { Track } from './track.ts';

export const PlateTells = z.enum(['all', 'unknown']);
export type PlateTells = z.infer<typeof PlateTells>;

/** What a person sets for one camera. */
export const WatchSettings = z.object({
  /** off: its pictures are not analysed · motion: changes are told, and kept for searching · objects: and what it is. */
  mode: z.enum(['off', 'motion', 'objects']).default('objects'),
  /** 0 hardly anything counts as motion, 1 a leaf does. */
  sensitivity: z.number().min(0).max(1).default(0.5),
  /** Part of the picture that must change. */
  minArea: z.number().min(0).max(1).default(0.002),
  /** It must go on for so long to be told as an event, ms. */
  minMotionMs: z.number().int().min(0).max(60_000).default(500),
  /** Whether motion by itself is told as an event. */
  tellMotion: z.boolean().default(true),
  /** null: the station's. */
  modelId: ModelId.nullable().default(null),
  /** Whether number plates of vehicles are read. */
  plates: z.boolean().default(false),
  /** Which of them are told: each, or not those that are allowed by a list. */
  plateTells: PlateTells.default('all'),
  /** Whether people and vehicles are looked at again in the recorded main stream after their events. */
  closerLook: z.boolean().default(true),
  /** Pictures a second that are looked at; a second look at what moves comes on top, and a camera may give fewer. */
  perSecond: z.number().min(0.2).max(5).default(1),
});
export type WatchSettings = z.infer<typeof WatchSettings>;

/** The motion gate's grid over a picture. */
export const gateGrid = { columns: 40, rows: 30 } as const;

/** What the motion gate saw in one picture. `cells`: base64 of one bit a cell, row by row, the lowest bit first. */
export const MotionLook = z.object({
  atMs: TimeMs,
  /**
   * learning: the picture is too new · still · motion · global: everything changed at once (light, infrared, a shaken camera),
   * which is no motion.
   */
  is: z.enum(['learning', 'still', 'motion', 'global']),
  cells: z.string().max(400),
  /** Where something changed, joined. */
  regions: z.array(Box).max(32),
});
export type MotionLook = z.infer<typeof MotionLook>;

/** What a screen draws over a camera's picture: pushed at each picture that was looked at. */
export const WatchLook = z.object({
  atMs: TimeMs,
  motion: MotionLook,
  /** What is followed now; empty where only motion is watched. */
  tracks: z.array(Track).max(100),
});
export type WatchLook = z.infer<typeof WatchLook>;

/** Why a camera's pictures are not, or not as often, analysed as was asked. */
export const WatchTrouble = z.enum([
  'no-ffmpeg', // nothing decodes
  'no-picture', // no stream runs, or no key frames come
  'undecodable',
  'no-model',
  'model-failed',
  'busy', // the PC does not manage; fewer pictures are looked at
  'key-frames-rare', // the camera gives fewer than asked for
]);
export type WatchTrouble = z.infer<typeof WatchTrouble>;

/**
 * Why plates are not read, or not all: no-model, there is none that reads · model-failed · too-small, vehicles are too narrow in the
 * picture for letters · busy, the PC does not manage.
 */
export const PlateTrouble = z.enum(['no-model', 'model-failed', 'too-small', 'busy']);
export type PlateTrouble = z.infer<typeof PlateTrouble>;
/** Pictures that were looked at for plates, and plates that were told, since the station started. */
export const PlateState = z.object({
  looked: z.number().int(),
  told: z.number().int(),
  /** Which picture the last one was; null: the one that is watched. */
  stream: StreamKind.nullable(),
  trouble: PlateTrouble.nullable(),
});
export type PlateState = z.infer<typeof PlateState>;

/** How many went each way over a line that counts, since the station started. */
export const LineCount = z.object({ lineId: LineId, in: z.number().int(), out: z.number().int() });
export type LineCount = z.infer<typeof LineCount>;

/** How watching a camera goes. Counts are since the station started. */
export const WatchState = z.object({
  watching: z.boolean(),
  trouble: WatchTrouble.nullable(),
  stream: StreamKind.nullable(),
  /** Pictures looked at a second over the last minute, and how many were asked for. */
  perSecond: z.number(),
  wantedPerSecond: z.number(),
  looked: z.number().int(),
  /** Let through by the gate to a detector. */
  gated: z.number().int(),
  detected: z.number().int(),
  /** Dropped because something newer came, or nobody had time. */
  dropped: z.number().int(),
  lastMs: TimeMs.nullable(),
  /** The detector that looks at its pictures: the one that was chosen for it, or the one that stands in; null: none is wanted, or here. */
  modelId: ModelId.nullable(),
  /** null: none are to be read. */
  plates: PlateState.nullable(),
  /** Of lines that count, once somebody has crossed them. */
  lines: z.array(LineCount),
});
export type WatchState = z.infer<typeof WatchState>;
