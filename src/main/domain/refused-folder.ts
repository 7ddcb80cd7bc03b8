import { z } from 'zod';

/** The folder of a camera on a volume that takes video otherwise: nothing is written into it. */
export const RefusedFolder = z.object({
  volume: z.number().int(),
  /** Absolute; empty for who is no administrator. */
  path: z.string(),
  camera: z.string(),
  /** What the system answers (errno). */
  code: z.string(),
  /** The camera is recorded on another volume meanwhile; false: what is not written of it is a gap. */
  elsewhere: z.boolean(),
});
export type RefusedFolder = z.infer<typeof RefusedFolder>;
