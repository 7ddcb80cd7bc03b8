/** What of a camera is kept beside its video (`kept.json`), so that the index can be made again from the disk alone. */
import { z } from 'zod';
import { Bookmark } from './bookmark.ts';
import { Hold } from './hold.ts';
import { CameraId } from './id.ts';
import { CameraRetention, StationRetention } from './retention.ts';
import { TimeMs } from './time.ts';
import { WatchLine, WatchZone } from './watch-zone.ts';
import { WatchSettings } from './watching.ts';

/** How a camera is watched; `settings` null: nothing was said. */
export const KeptWatching = z.object({
  settings: WatchSettings.nullable(),
  zones: z.array(WatchZone),
  lines: z.array(WatchLine),
});
export type KeptWatching = z.infer<typeof KeptWatching>;

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
  /** null: written by a version that kept none, or cannot be read; the rest counts all the same. */
  watching: KeptWatching.nullable().catch(null).default(null),
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
