/** One key frame out of a segment. */
import type { VideoTrack } from '#media/format.ts';
import { MediaError } from '#media/media-error.ts';
import { parseFragmentHead } from '#media/mp4/read-fragment.ts';
import { type Mp4Init, readInit } from '#media/mp4/read-init.ts';
import type { MomentPlace } from './playback-port.ts';
import type { SegmentContent, SegmentReader } from './segment-file-port.ts';

/** A fragment larger than this holds no picture that is worth its memory. */
const mostBytes = 32 << 20;
/** Holds the head of most fragments: a second of pictures and sound. */
const headBytes = 4096;

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
  const file = await open();
  if (file === null) return null;
  try {
    return await keyIn(file, await readInit((at, length) => file.read(at, length)), fragment);
  } catch (error) {
    if (error instanceof MediaError) return null;
    throw error;
  } finally {
    await file.close();
  }
}

/** The key frame that a fragment of an open file begins with; null where it begins with none, and where it is damaged. Rejects as `read` does. */
export async function keyIn(
  file: Pick<SegmentReader, 'read'>,
  init: Mp4Init,
  [offset, bytes]: SegmentContent['fragments'][number],
): Promise<{ track: VideoTrack; key: Uint8Array; atMs: number } | null> {
  if (bytes > mostBytes) return null;
  try {
    const head = await headOf((length) => file.read(offset, length), bytes, init);
    const first = head.samples.filter((s) => s.track === 'video').sort((a, b) => a.dtsUs - b.dtsUs)[0];
    const at = first === undefined ? bytes : head.moofStart + first.offset;
    if (first?.key !== true || at + first.bytes > bytes) return null;
    const key = await file.read(offset + at, first.bytes);
    return key.length < first.bytes ? null : { track: init.video.track, key, atMs: Math.round(first.ptsUs / 1000) };
  } catch (error) {
    if (error instanceof MediaError) return null;
    throw error;
  }
}

/** What a fragment says of its samples, without reading them where its head is as short as most. */
async function headOf(
  read: (length: number) => Promise<Uint8Array>,
  bytes: number,
  init: Mp4Init,
): Promise<ReturnType<typeof parseFragmentHead>> {
  const few = Math.min(bytes, headBytes);
  try {
    return parseFragmentHead(await read(few), init);
  } catch (error) {
    if (few === bytes || !(error instanceof MediaError) || error.code !== 'truncated') throw error;
    return parseFragmentHead(await read(bytes), init);
  }
}
