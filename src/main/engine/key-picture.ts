/** One key frame out of a segment. */
import type { VideoTrack } from '#media/format.ts';
import { unitBytes } from '#media/access-unit.ts';
import { MediaError } from '#media/media-error.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { readInit } from '#media/mp4/read-init.ts';
import type { MomentPlace } from './ports.ts';

/** A fragment larger than this holds no picture that is worth its memory. */
const mostBytes = 32 << 20;

/**
 * The key frame that the first fragment of a place begins with, and how to decode it; null where there is no such file, where it begins with none, and
 * where it is damaged. Rejects as `MomentPlace.open`.
 */
export async function keyPicture({
  open,
  fragments,
  first: index,
}: Pick<MomentPlace, 'open' | 'fragments' | 'first'>): Promise<{
  track: VideoTrack;
  key: Uint8Array;
  atMs: number;
} | null> {
  const fragment = fragments[index];
  if (fragment === undefined || fragment[1] > mostBytes) return null;
  const [offset, bytes] = fragment;
  const file = await open();
  if (file === null) return null;
  try {
    const init = await readInit((at, length) => file.read(at, length));
    const { units } = parseFragment(await file.read(offset, bytes), init);
    const first = units.find((unit) => unit.track === 'video');
    if (first?.key !== true) return null;
    return { track: init.video.track, key: unitBytes(first), atMs: Math.round(first.ptsUs / 1000) };
  } catch (error) {
    if (error instanceof MediaError) return null;
    throw error;
  } finally {
    await file.close();
  }
}
