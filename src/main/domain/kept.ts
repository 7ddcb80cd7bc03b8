/** What of a camera is kept beside its video (`kept.json`), so that the index can be made again from the disk alone. */
import { z } from 'zod';
import { Bookmark } from './bookmark.ts';
import { Hold } from './hold.ts';
import { CameraId } from './id.ts';
import { CameraRetention, StationRetention } from './retention.ts';
import { TimeMs } from './time.ts';

export const Kept = z.object({
  vigie: z.literal('kept'),
  format: z.literal(1),
  savedMs: TimeMs,
  /** As the index knew it then. */
  cameraId: CameraId,
  /** Those that name this camera, lifted and ended ones too. */
  holds: z.array(Hold),
  bookmarks: z.array(Bookmark),
  retention: CameraRetention,
  station: StationRetention,
});
export type Kept = z.infer<typeof Kept>;

/** The text of `kept.json`; null for what is none. */
export function readKept(text: string): Kept | null {
  try {
    return Kept.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null; // not JSON
  }
}
