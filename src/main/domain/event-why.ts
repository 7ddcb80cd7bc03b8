/** Why an event of the station's own analysis was told: what was seen or heard, and what was decided on it, as it was set then. */
import { z } from 'zod';
import { ObjectClass } from './object-class.ts';
import { Box } from './place.ts';
import { PlateListKind, PlateMatch } from './plate-list.ts';
import { SoundMatter, SoundSettings } from './sound.ts';
import { StreamKind } from './stream.ts';
import { TimeMs } from './time.ts';
import { TrackState } from './track.ts';

const part = z.number().min(0).max(1);
const count = z.number().int().min(0);
const ms = z.number().min(0);
const db = z.number().min(-200).max(100);

/** Pictures of one object that are kept in mind: the first and the last ones. */
export const mostWhyLooks = 12;

/** Why something that was found did not count in a place. */
export const WhyNot = z.enum([
  'class', // it is none of those that count there
  'score', // too unsure
  'low', // too low in the picture's height
  'high',
  'ignored', // it stood in a zone that is ignored, or private
  'standing', // it had not left its place, where what stands is ignored
  'outside', // it did not stand there
]);
export type WhyNot = z.infer<typeof WhyNot>;

/** One picture in which the object was found. */
export const WhyLook = z.object({
  atMs: TimeMs,
  class: ObjectClass,
  score: part,
  box: Box,
  /** In so many of the motion gate's cells that its box touches something moved; null: the gate was not asked. */
  moved: z.object({ cells: count, of: count }).nullable(),
  /** Why it did not count in this picture; empty: it did. */
  not: z.array(WhyNot).max(WhyNot.options.length),
});
export type WhyLook = z.infer<typeof WhyLook>;

/**
 * What made something an object that is followed (`decide/track.ts`). sure: found surely, and it moved · sure-twice: found surely more than
 * once · moved: found more than once, and it left its place · stirred: found more than once, and motion was seen in it each time.
 */
export const Confirmation = z.enum(['sure', 'sure-twice', 'moved', 'stirred']);
export type Confirmation = z.infer<typeof Confirmation>;

/** A picture that shows an object well, and where. */
export const mostBestLooks = 3;
const BestLook = z.object({ atMs: TimeMs, box: Box, score: part });
export type BestLook = z.infer<typeof BestLook>;

const ObjectWhy = z.object({
  is: z.literal('object'),
  /** Oldest first; empty where it is about no single one (a crowd). */
  looks: z.array(WhyLook).max(mostWhyLooks),
  /** In how many pictures it was found until then. */
  found: count,
  /** When it was sure that it is an object, after so many pictures that were so sure on average. */
  confirmed: z.object({ atMs: TimeMs, by: Confirmation, looks: count, score: part }).nullable(),
  state: TrackState.nullable(),
  /** What the model must be at least to begin a track. */
  modelScore: part,
  /** Where it counted, and what counts there. Neither zone nor line: the whole picture, as no zone was drawn. */
  place: z.object({
    zone: z.string().max(80).nullable(),
    line: z.string().max(80).nullable(),
    classes: z.array(ObjectClass).max(ObjectClass.options.length),
    minScore: part.nullable(),
    minHeight: part,
    maxHeight: part,
  }),
  /** The rule: for how long it must be so (null: at once), and for how long it was. */
  time: z.object({ neededMs: ms.nullable(), reachedMs: ms }),
  /** Of a crowd: how many were there, and how many are too many. */
  crowd: z.object({ present: count, limit: count }).nullable(),
  /** Of what was left or taken: since when it stood, and since when it is away. */
  stood: z.object({ sinceMs: TimeMs, awayMs: TimeMs.nullable() }).nullable(),
  /** The pictures that show it best until its event ended, the best first; for a closer look. */
  best: z.array(BestLook).max(mostBestLooks).default([]),
});

const MotionWhy = z.object({
  is: z.literal('motion'),
  /** When it was sure. */
  atMs: TimeMs,
  box: Box,
  /** Cells of the gate's grid in which something moved then. */
  cells: count,
  /** Part of the picture that changed in the region, and the least that counts. */
  area: part,
  minArea: part,
  sensitivity: part,
  /** Grows by up to 1 with each picture; so much is enough. */
  evidence: ms,
  enough: ms,
  forMs: ms,
  neededMs: ms,
});

const SoundWhy = z.object({
  is: z.literal('sound'),
  matter: SoundMatter,
  weighting: SoundSettings.shape.weighting,
  /** The loudest until then, dBFS. */
  levelDb: db.nullable(),
  /** What was usual there, dBFS; null: it was being learned, or does not matter. */
  backgroundDb: db.nullable(),
  /** Of `loud` dBFS; of `sudden` dB above the background; of `silence` dBFS that it must not be above. */
  thresholdDb: db.nullable(),
  /** It must go on for so long; null: does not matter. */
  neededMs: ms.nullable(),
  /** Of speech: the chance of the newest piece, and what begins a talk. */
  chance: part.nullable(),
  neededChance: part.nullable(),
});

/** One reading of a plate in one picture. */
export const PlateWhyRead = z.object({
  atMs: TimeMs,
  /** As it was read; empty for none. */
  text: z.string().max(16),
  score: part,
  /** Of the plate, in the whole picture. */
  box: Box,
  /** same: it says what was told · alike: but for characters that cameras take for each other, or a few · other: something else. */
  goes: z.enum(['same', 'alike', 'other']),
});
export type PlateWhyRead = z.infer<typeof PlateWhyRead>;

/**
 * What made a text sure (`decide/plate-vote.ts`). agreed: readings agree · sure: one is so sure · alone: neither, but it has passed, and
 * the surest reading is sure enough.
 */
export const PlateSettledBy = z.enum(['agreed', 'sure', 'alone']);
export type PlateSettledBy = z.infer<typeof PlateSettledBy>;

const PlateWhy = z.object({
  is: z.literal('plate'),
  text: z.string().max(16),
  /** Those that were put to the vote and weigh most, oldest first. */
  reads: z.array(PlateWhyRead).max(mostWhyLooks),
  /** In how many pictures it was read until then, and how many of those that were put to the vote say just this. */
  found: count,
  agree: count,
  by: PlateSettledBy,
  /** How sure one must be: to be enough (sure), or to be told at the end (alone). Of those that agree so many are enough. */
  needed: z.object({ agree: count, sure: part, alone: part }),
  /** The vehicle that it hangs on; null: none was found. */
  vehicle: ObjectClass.nullable(),
  zone: z.string().max(80).nullable(),
  /** Read in the main stream's picture because the one that is watched is too small; null: in that one. */
  stream: StreamKind.nullable(),
  /** How it goes with the entry of a list that it goes with best. */
  list: z
    .object({ name: z.string().max(80), kind: PlateListKind, entry: z.string().max(16), match: PlateMatch })
    .nullable(),
});

export const EventWhy = z.discriminatedUnion('is', [ObjectWhy, MotionWhy, SoundWhy, PlateWhy]);
export type EventWhy = z.infer<typeof EventWhy>;
export type ObjectWhy = z.infer<typeof ObjectWhy>;
export type MotionWhy = z.infer<typeof MotionWhy>;
export type SoundWhy = z.infer<typeof SoundWhy>;
export type PlateWhy = z.infer<typeof PlateWhy>;
