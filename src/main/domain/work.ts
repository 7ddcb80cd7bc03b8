/** Work that nobody waits for: it is kept in the index, done when the PC has time, and tried again when it fails. */
import { z } from 'zod';
import { CameraId, EventId } from './id.ts';
import { TimeMs } from './time.ts';

/** transcription: what was said in an event of speech · enrichment: a closer look at a person or vehicle of an event. */
export const WorkKind = z.enum(['transcription', 'enrichment']);
export type WorkKind = z.infer<typeof WorkKind>;

/** One piece of it: at most one of a kind for an event. */
export const WorkItem = z.object({
  kind: WorkKind,
  eventId: EventId,
  cameraId: CameraId,
  madeMs: TimeMs,
  /** Not before this. */
  dueMs: TimeMs,
  /** How often it was tried in vain. */
  tries: z.number().int().min(0),
});
export type WorkItem = z.infer<typeof WorkItem>;

/** Why nothing of a queue is done now. no-ffmpeg: nothing decodes · strained: recording has trouble to keep up. */
export const WorkHold = z.enum(['no-model', 'no-ffmpeg', 'strained']);
export type WorkHold = z.infer<typeof WorkHold>;

const count = z.number().int().min(0);
/** How a queue does. Counts are since the station started. */
export const WorkQueueNow = z.object({
  kind: WorkKind,
  waiting: count,
  bound: count,
  /** One is being done. */
  running: z.boolean(),
  /** When the oldest that waits was put there; null: none waits. */
  oldestMs: TimeMs.nullable(),
  hold: WorkHold.nullable(),
  done: count,
  /** Tried in vain and to be tried again. */
  retried: count,
  /** Given up: too often in vain, or there is nothing to do it on any more. */
  failed: count,
  /** Left out because too much waited. */
  dropped: count,
  /** Why the last one failed, in English; null: none did. */
  fault: z.string().max(600).nullable(),
});
export type WorkQueueNow = z.infer<typeof WorkQueueNow>;
