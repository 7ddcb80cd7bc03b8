/** What is recorded of a camera at this moment, and why. */
import { z } from 'zod';
import { RecordingMode, TriggerKind } from './recording-plan.ts';
import { TimeMs } from './time.ts';

/**
 * off · armed: nothing is written, the last seconds are held ready · continuous · motion, events: something goes on ·
 * post-roll: it was just over · manual: a person asked for it.
 */
export const RecordingWhy = z.enum(['off', 'armed', 'continuous', 'motion', 'events', 'post-roll', 'manual']);
export type RecordingWhy = z.infer<typeof RecordingWhy>;

export const StreamRecordingNow = z.object({
  mode: RecordingMode,
  wanted: z.boolean(),
  why: RecordingWhy,
  /** What triggered it; null where nothing did. */
  kind: TriggerKind.nullable(),
  /** When this can become otherwise without anything being heard; null: never. */
  untilMs: TimeMs.nullable(),
});
export type StreamRecordingNow = z.infer<typeof StreamRecordingNow>;

export const longestManualS = 4 * 3600;

/** A person has asked for the main stream to be recorded, whatever its plan says. */
export const ManualRecording = z.object({ by: z.string().max(64), sinceMs: TimeMs, untilMs: TimeMs });
export type ManualRecording = z.infer<typeof ManualRecording>;

export const RecordingNow = z.object({
  main: StreamRecordingNow,
  sub: StreamRecordingNow.nullable(),
  manual: ManualRecording.nullable(),
});
export type RecordingNow = z.infer<typeof RecordingNow>;
