/** Every change in a part of a camera's picture, over hours and days, from the index that is written while cameras are watched. */
import { z } from 'zod';
import { CameraId } from '../domain/id.ts';
import { Polygon } from '../domain/place.ts';
import { TimeMs } from '../domain/time.ts';
import { viewer } from './base.ts';

/** Something moved in the area from the first to the last picture of it; short pauses are bridged. */
export const MotionHit = z.object({
  fromMs: TimeMs,
  toMs: TimeMs,
  /** The picture in which most of the area moved, and how much of it, 0 … 1. */
  bestMs: TimeMs,
  part: z.number().min(0).max(1),
});
export type MotionHit = z.infer<typeof MotionHit>;

/** Longest span that is searched at once. */
export const longestMotionSearchMs = 31 * 86_400_000;
export const mostMotionHits = 2_000;

export const motionSearch = {
  /** Oldest first. `watched`: when pictures were looked at; outside of it nothing is known. */
  search: viewer
    .route({ method: 'POST', path: '/cameras/{id}/motion', summary: 'Find every change in an area of the picture' })
    .input(
      z.object({
        id: CameraId,
        fromMs: TimeMs,
        toMs: TimeMs,
        /** Absent: the whole picture. */
        area: Polygon.optional(),
        /** Part of the area that must have moved. */
        minPart: z.number().min(0).max(1).default(0.02),
        /** Pauses shorter than this do not end a hit, ms. */
        bridgeMs: z.number().int().min(0).max(600_000).default(5_000),
      }),
    )
    .output(
      z.object({
        hits: z.array(MotionHit).max(mostMotionHits),
        /** There were more; these are the first. */
        more: z.boolean(),
        watched: z.array(z.tuple([TimeMs, TimeMs])),
      }),
    ),
};
