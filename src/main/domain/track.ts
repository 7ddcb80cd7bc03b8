/** The same object over pictures. */
import { z } from 'zod';
import { ObjectClass } from './object-class.ts';
import { Box } from './place.ts';
import { TimeMs } from './time.ts';

/** A track's number: 1 and up for each camera since the station started. */
export const TrackId = z.number().int().min(1).brand<'TrackId'>();
export type TrackId = z.infer<typeof TrackId>;

/**
 * moving · still: it has not left its place for a while · hidden: not found in the last pictures, believed to be there (behind
 * something, or where nothing moved and so nobody looked).
 */
export const TrackState = z.enum(['moving', 'still', 'hidden']);
export type TrackState = z.infer<typeof TrackState>;

export const Track = z.object({
  id: TrackId,
  class: ObjectClass,
  /** The best so far. */
  score: z.number().min(0).max(1),
  state: TrackState,
  box: Box,
  sinceMs: TimeMs,
  /** When it was found last. */
  lastMs: TimeMs,
});
export type Track = z.infer<typeof Track>;
