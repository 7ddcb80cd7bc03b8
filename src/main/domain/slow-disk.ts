import { z } from 'zod';

/**
 * How a disk does that does not keep up, or did not a moment ago. waits: pictures wait in memory, all are going to be recorded · yields: sub
 * streams are not recorded, so that main streams are · returns: it keeps up again, and they come back, a few at a time · loses: main streams
 * lose pictures.
 */
export const SlowDisk = z.object({
  is: z.enum(['waits', 'yields', 'returns', 'loses']),
  volume: z.number().int(),
  path: z.string(),
  /** How long ago the oldest picture came that is not on disk. */
  behindMs: z.number(),
  /** Sub streams that are not recorded, of those that should be. */
  yielding: z.number().int(),
  of: z.number().int(),
});
export type SlowDisk = z.infer<typeof SlowDisk>;
