/** Pictures that are to be analysed, and are not, or much less often than was asked for. */
import { z } from 'zod';
import { CameraId } from './id.ts';

/** busy: the PC does not manage · key-frames: the camera sends too few of them. */
export const SlowReason = z.enum(['busy', 'key-frames']);
export type SlowReason = z.infer<typeof SlowReason>;
/** workers: all of them ended or hang · plates-…: number plates alone are not read. `undecodable` is one camera's; the others are the station's. */
export const FailedReason = z.enum([
  'no-ffmpeg',
  'no-model',
  'model-failed',
  'workers',
  'undecodable',
  'plates-no-model',
  'plates-model-failed',
]);
export type FailedReason = z.infer<typeof FailedReason>;

/** So many cameras are named. */
export const mostTroubled = 10;
export const AnalysisTrouble = z.object({
  reason: z.union([FailedReason, SlowReason]),
  cameras: z.array(CameraId).max(mostTroubled),
  /** How many cameras it is about. */
  count: z.number().int().min(1),
  /** Of what was asked for, the part that is looked at where it is least, 0 … 1; null: of these cameras nothing is. */
  part: z.number().min(0).max(1).nullable(),
});
export type AnalysisTrouble = z.infer<typeof AnalysisTrouble>;
