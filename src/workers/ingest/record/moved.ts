/** What waits in memory for a disk that does not answer, and can be recorded elsewhere instead. Pure. */
import type { AudioTrack, VideoTrack } from '#media/format.ts';
import type { FragmentBytes, SegmentFile } from './segment-file.ts';

/** Units as they were gathered for a segment; `fragment`: they were handed to the disk as that. */
export type Moved = Pick<FragmentBytes, 'pictures' | 'sounds'> & { of: SegmentFile; fragment: FragmentBytes | null };

/**
 * Of what waits, oldest first, that from which on everything belongs together: from a key frame on, of these tracks (by identity), and
 * where one segment follows another without a break. `frameUs`: from picture to picture.
 */
export function movable(
  waiting: readonly Moved[],
  tracks: { video: VideoTrack | null; audio: AudioTrack | null; frameUs: number },
): Moved[] {
  let moved: Moved[] = [];
  let lastUs: number | null = null;
  for (const one of waiting) {
    const [first] = one.pictures;
    const stepUs = first === undefined || lastUs === null ? 0 : first.dtsUs - lastUs;
    const follows = one.of === moved.at(-1)?.of || (stepUs >= 0 && stepUs <= 2 * tracks.frameUs + 1_000_000);
    const fits = one.of.tracks.video === tracks.video && one.of.tracks.audio === tracks.audio;
    if (!fits || !follows) moved = [];
    if (fits && (moved.length > 0 || first?.key === true)) moved.push(one);
    lastUs = one.pictures.at(-1)?.dtsUs ?? lastUs;
  }
  return moved;
}
