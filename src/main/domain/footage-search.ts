/** Recorded footage searched on demand: what is looked for, how far a search is, and what it found. */
import { z } from 'zod';
import { BookmarkId, CameraId, FootageSearchId } from './id.ts';
import { ObjectClass } from './object-class.ts';
import { Box, Polygon } from './place.ts';
import { StreamKind } from './stream.ts';
import { TimeMs } from './time.ts';

/** Longest span of one search, ms. */
export const longestFootageSearchMs = 31 * 86_400_000;
export const mostSearchedCameras = 16;
/** A search that has found so much ends: whoever asked must ask more exactly. */
export const mostFootageHits = 1_000;
/** Searches that wait for their turn, beside the one that runs. */
export const mostWaitingSearches = 8;
/** Searches that are kept with what they found; of those that ended the oldest goes first. */
export const mostKeptSearches = 20;

export const FootageAsk = z.object({
  cameras: z
    .array(
      z.object({
        id: CameraId,
        /** Where its middle or its foot must be; null: anywhere in the picture. */
        area: Polygon.nullable().default(null),
      }),
    )
    .min(1, 'a search needs a camera')
    .max(mostSearchedCameras)
    .refine((all) => new Set(all.map((c) => c.id)).size === all.length, {
      message: 'a camera is searched once',
      params: { why: 'twice' },
    }),
  fromMs: TimeMs,
  toMs: TimeMs,
  classes: z.array(ObjectClass).min(1, 'a search needs something to look for').max(ObjectClass.options.length),
  /** How sure the model must be, 0.1 … 1. */
  minScore: z.number().min(0.1).max(1).default(0.5),
  /** The stream that is looked at where it was recorded; elsewhere the other one is. */
  stream: StreamKind.default('sub'),
  /** Only times in which something moved there, by the motion index; times that nobody watched are looked at all the same. */
  onlyMotion: z.boolean().default(true),
});
export type FootageAsk = z.infer<typeof FootageAsk>;

/** Why footage was not looked at. */
export const FootageLeftOut = z.enum([
  'locked', // encrypted, and its volume is not unlocked
  'key-destroyed',
  'archive-away',
  'volume-away',
  'unreadable', // missing, damaged, or its disk refuses
  'undecodable', // no picture came of it
]);
export type FootageLeftOut = z.infer<typeof FootageLeftOut>;

/**
 * waiting: for its turn · running · paused: recording needs the PC first · done · cancelled · failed: `why` says why.
 */
export const FootageSearchState = z.enum(['waiting', 'running', 'paused', 'done', 'cancelled', 'failed']);
export type FootageSearchState = z.infer<typeof FootageSearchState>;

/** `full`: done early, because as much was found as one search keeps. */
export const FootageSearchWhy = z.enum(['no-ffmpeg', 'no-model', 'model-failed', 'full', 'index']);
export type FootageSearchWhy = z.infer<typeof FootageSearchWhy>;

export const FootageSearch = z.object({
  id: FootageSearchId,
  ask: FootageAsk,
  /** Name of the user. */
  by: z.string().max(64),
  createdMs: TimeMs,
  state: FootageSearchState,
  why: FootageSearchWhy.nullable(),
  /** It ran when the station ended, and went on where it was. */
  resumed: z.boolean(),
  /** The camera that is looked at now. */
  cameraId: CameraId.nullable(),
  /** Recorded time of all cameras in the span, and what of it was gone through, ms. */
  totalMs: z.number().min(0),
  doneMs: z.number().min(0),
  /** Pictures that were decoded and given to the model. */
  looked: z.number().int().min(0),
  hits: z.number().int().min(0),
  /** Recorded time gone through by time spent: lately while it runs, on the whole once it ended; null: not known yet. */
  speed: z.number().min(0).nullable(),
  /** Time that is left at that speed, ms. */
  leftMs: z.number().min(0).nullable(),
  /** Time that it ran, without waiting, ms. */
  spentMs: z.number().min(0),
  endedMs: TimeMs.nullable(),
  leftOut: z.array(z.object({ why: FootageLeftOut, ms: z.number().min(0) })),
});
export type FootageSearch = z.infer<typeof FootageSearch>;

/** Counted from 1 in each search. */
export const FootageHitId = z.number().int().min(1);

/** One object, from its first to its last picture in the area. */
export const FootageHit = z.object({
  id: FootageHitId,
  cameraId: CameraId,
  class: ObjectClass,
  /** The best of all pictures. */
  score: z.number().min(0).max(1),
  fromMs: TimeMs,
  toMs: TimeMs,
  /** The picture that shows it best, and where it is there. */
  bestMs: TimeMs,
  box: Box,
  stream: StreamKind,
  hasPicture: z.boolean(),
  /** The bookmark that was made of it. */
  bookmarkId: BookmarkId.nullable(),
});
export type FootageHit = z.infer<typeof FootageHit>;

export const isOver = (state: FootageSearchState): boolean =>
  state === 'done' || state === 'cancelled' || state === 'failed';
