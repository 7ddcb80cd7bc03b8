import { z } from 'zod';
import { CameraId } from './id.ts';
import { StreamKind } from './stream.ts';
import { TimeMs } from './time.ts';

/** A volume that is too small for what is guaranteed on it: what will have to go, or goes, and when. */
export const ShortVolume = z.object({
  volume: z.number().int(),
  path: z.string(),
  /** ahead: it will have to go, as things go · going: it is being deleted. */
  is: z.enum(['ahead', 'going']),
  /** When the first of it goes, or since when it does. */
  atMs: TimeMs,
  /** Whose, those first that lose most; a few of them. `keptMs`: how far back it is going to reach; null: that is not known. */
  of: z.array(
    z.object({
      cameraId: CameraId,
      name: z.string(),
      stream: StreamKind,
      minMs: z.number(),
      keptMs: z.number().nullable(),
    }),
  ),
  /** So many streams in all. */
  streams: z.number().int(),
  /** Bytes that holds keep of the volume. */
  heldBytes: z.number(),
});
export type ShortVolume = z.infer<typeof ShortVolume>;
