/** One box, class and score in one picture. */
import { z } from 'zod';
import { ObjectClass } from './object-class.ts';
import { Box } from './place.ts';

export const Detection = z.object({
  class: ObjectClass,
  /** 0 … 1, as the model says. */
  score: z.number().min(0).max(1),
  box: Box,
});
export type Detection = z.infer<typeof Detection>;

/** Detections this much weaker than what begins a track carry one on: a detector is asked for scores from so many times its least on. */
export const weakPart = 0.6;

/** Most detections of one picture that are taken: the surest. */
export const mostDetections = 100;
