import { z } from 'zod';
import { CameraId } from './id.ts';
import { DeletionReason } from './retention.ts';
import { StreamKind } from './stream.ts';
import { TimeMs } from './time.ts';

/** Footage that was deleted: runs of one stream, of one reason, deleted on one UTC day. Kept when the footage is gone. */
export const Deletion = z.object({
  /** Running number; newer ones are higher. */
  id: z.number().int().min(1),
  cameraId: CameraId,
  /** As it was called then. */
  camera: z.string(),
  stream: StreamKind,
  /** First and last moment of what was deleted; there may have been holes in it. */
  fromMs: TimeMs,
  toMs: TimeMs,
  /** How much of that time was recorded. */
  coveredMs: z.number().int().min(0),
  segments: z.number().int().min(1),
  bytes: z.number().int().min(0),
  reason: DeletionReason,
  /** Of a deletion by hand: who, and why. */
  by: z.string(),
  why: z.string(),
  /** When the first and the last of it were deleted. */
  firstMs: TimeMs,
  lastMs: TimeMs,
});
export type Deletion = z.infer<typeof Deletion>;
