/** Single pictures out of a segment, read as they are wanted. Blocks its thread while the disk works: for threads that do nothing else. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { thumbnailSlotMs } from '#domain/thumbnail.ts';
import { ByteReader } from '#media/byte-reader.ts';
import type { VideoTrack } from '#media/format.ts';
import { MediaError } from '#media/media-error.ts';
import { type FragmentHead, parseFragmentHead } from '#media/mp4/read-fragment.ts';
import { type Mp4Init, type ReadAt, readInit } from '#media/mp4/read-init.ts';
import { readKeyIndex, scanFragments } from '#media/mp4/scan.ts';
import { errnoOf } from './data-folder-error.ts';
import { openerOf, type SegmentOpener, type VolumeKeyLookup } from './segment-view.ts';

/** A fragment or a key frame larger than this holds no picture that is worth its memory. */
const mostBytes = 32 << 20;
/** Holds the head of most fragments: a second of pictures and sound. */
const headBytes = 4096;

export type KeyPicture = { track: VideoTrack; key: Uint8Array; atMs: number };

/** Where fragments that begin with a key frame lie, and when, UTC ms; oldest first. */
type KeyPlace = { offset: number; atMs: number };

/** By the index of a segment that was closed in order, which counts from its first picture; of another by looking at each fragment. */
async function keyPlaces(read: ReadAt, size: number, init: Mp4Init, startMs: number): Promise<KeyPlace[]> {
  const index = await readKeyIndex(read, size, init);
  const first = index?.[0];
  if (index !== null && first !== undefined) {
    // The first picture may be shown before the segment begins, where a disk refused the middle of a group of pictures.
    const found = await unlessDamaged(async () => firstVideo(await headAt(read, first.offset, init)));
    const originUs = found === null ? startMs * 1000 : found.ptsUs - first.timeUs;
    return index.map(({ offset, timeUs }) => ({ offset, atMs: (originUs + timeUs) / 1000 }));
  }
  const { fragments } = await scanFragments(read, size, init);
  return fragments.filter((f) => f.key).map(({ offset, startUs }) => ({ offset, atMs: startUs / 1000 }));
}

/** For each moment the nearest place, none twice, none further away than a slot. */
function nearestPlaces(places: readonly KeyPlace[], moments: readonly number[]): KeyPlace[] {
  const out = new Set<KeyPlace>();
  for (const moment of moments) {
    let best: KeyPlace | null = null;
    for (const place of places) {
      if (best === null || Math.abs(place.atMs - moment) < Math.abs(best.atMs - moment)) best = place;
    }
    if (best !== null && Math.abs(best.atMs - moment) <= thumbnailSlotMs) out.add(best);
  }
  return [...out];
}

type Head = FragmentHead & { moofStart: number; moofEnd: number };

/** What a fragment says of its samples, without reading them where its head is as short as most. */
async function headAt(read: ReadAt, offset: number, init: Mp4Init): Promise<Head> {
  for (let bytes = headBytes; ; bytes *= 8) {
    try {
      return parseFragmentHead(await read(offset, bytes), init);
    } catch (error) {
      if (!(error instanceof MediaError) || error.code !== 'truncated' || bytes > mostBytes) throw error;
    }
  }
}

const firstVideo = ({ samples }: Head) =>
  samples.filter((s) => s.track === 'video').sort((a, b) => a.dtsUs - b.dtsUs)[0] ?? null;

/** Bytes of a whole fragment whose samples begin right after its `moof`. */
async function fragmentBytes(read: ReadAt, offset: number, { moofEnd }: Head): Promise<number> {
  const r = new ByteReader(await read(offset + moofEnd, 8));
  const size = r.u32();
  if (r.fourCc() !== 'mdat' || size < 8) throw new MediaError('malformed', 'a fragment without mdat');
  return moofEnd + size;
}

/** The key frame that a fragment begins with; null where it begins with none or is too large. Throws `MediaError`. */
async function pictureAt(
  read: ReadAt,
  offset: number,
  init: Mp4Init,
  opener: SegmentOpener | null,
): Promise<KeyPicture | null> {
  const head = await headAt(read, offset, init);
  const first = firstVideo(head);
  if (first?.key !== true || first.bytes > mostBytes) return null;
  const at = head.moofStart + first.offset;
  const { track } = init.video;
  const atMs = Math.round(first.ptsUs / 1000);
  if (opener === null) {
    const key = await read(offset + at, first.bytes);
    return key.length < first.bytes ? null : { track, key, atMs };
  }
  // Nothing of an encrypted fragment is to be had before all of it is verified.
  const bytes = await fragmentBytes(read, offset, head);
  if (bytes > mostBytes || at + first.bytes > bytes) return null;
  return { track, key: opener.decrypt(await read(offset, bytes)).subarray(at, at + first.bytes), atMs };
}

/**
 * The key frames nearest to moments of a segment (UTC ms), each read when it is asked for; what is damaged is left out. Nothing comes of a file that is not
 * there, or whose key is not. Rejects with the system's errors. The file is closed when they are through or nobody wants more.
 */
export async function* readKeyPictures(
  of: { path: string; startMs: number; moments: readonly number[] },
  keys: VolumeKeyLookup,
): AsyncGenerator<KeyPicture, void, undefined> {
  let file: number;
  try {
    file = openSync(of.path, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw error;
  }
  const read: ReadAt = (offset, length) => Promise.resolve(readWhole(file, offset, length));
  try {
    const { size } = fstatSync(file);
    const init = await readInit(read);
    const opener = openerOf(init, readWhole(file, 0, init.bytes), keys);
    if (typeof opener === 'string') return; // locked, or gone for good
    for (const { offset } of nearestPlaces(await keyPlaces(read, size, init, of.startMs), of.moments)) {
      const picture = await unlessDamaged(() => pictureAt(read, offset, init, opener));
      if (picture !== null) yield picture;
    }
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
  } finally {
    closeSync(file);
  }
}

async function unlessDamaged<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MediaError) return null;
    throw error;
  }
}

/** Up to `length` bytes; fewer at the end of the file only. */
function readWhole(file: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const got = readSync(file, bytes, filled, length - filled, offset + filled);
    if (got === 0) break;
    filled += got;
  }
  return bytes.subarray(0, filled);
}
