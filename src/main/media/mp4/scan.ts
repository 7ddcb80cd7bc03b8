/** Finds the fragments of a segment on disk. Hostile input: throws nothing but `MediaError` and what `read` throws. */
import { ByteReader } from '../byte-reader.ts';
import { MediaError } from '../media-error.ts';
import { maxFragmentBytes, maxMoofBytes } from './layout.ts';
import { boxes, findBox } from './box-reader.ts';
import { parseFragmentHead } from './read-fragment.ts';
import type { Mp4Init, ReadAt } from './read-init.ts';
import { bytesBeforeMoof, type KeyEntry } from './write-fragment.ts';

export type FragmentPlace = {
  /** Of its `prft` in the file. */
  offset: number;
  /** `prft` + `moof` + `mdat`. */
  bytes: number;
  /** UTC in µs. */
  startUs: number;
  durationUs: number;
  /** Starts with a picture that can be decoded without another. */
  key: boolean;
};

export type Scan = {
  fragments: FragmentPlace[];
  /** End of the last whole fragment: what comes after may be cut off. */
  wholeBytes: number;
  /**
   * What follows the last whole fragment: `nothing` · `index`: the `mfra` of a sealed segment, up to the end of the file ·
   * `cut`: the beginning of a fragment (a crash, or it is being written now) · `damage`: bytes that are neither.
   */
  rest: 'nothing' | 'index' | 'cut' | 'damage';
};

/** Enough for the head of most fragments: 1 s of video and audio. */
const headBytes = 2048;
const maxExtraBoxes = 16;

/** The size and type of the box that starts `bytes`; null when they are too short to tell. */
function boxHead(bytes: Uint8Array, at: number): { size: number; type: string } | null {
  if (bytes.length - at < 8) return null;
  const r = new ByteReader(bytes, at);
  return { size: r.u32(), type: r.fourCc() };
}

type Found = { place: FragmentPlace } | { rest: Scan['rest'] };

/** Looks at one place where a fragment may start. */
async function fragmentAt(read: ReadAt, size: number, offset: number, init: Mp4Init): Promise<Found> {
  if (offset >= size) return { rest: 'nothing' };
  let bytes = await read(offset, Math.min(headBytes, size - offset));
  const first = boxHead(bytes, 0);
  if (first === null) return { rest: 'cut' };
  if (first.type === 'mfra')
    return { rest: first.size === size - offset ? 'index' : first.size > size - offset ? 'cut' : 'damage' };
  let at = 0;
  for (let extra = 0; ; extra += 1) {
    const head = boxHead(bytes, at);
    if (head === null) {
      // Heads larger than the first look: take more, once per box at most.
      if (offset + at + 8 > size) return { rest: 'cut' };
      bytes = await read(offset, Math.min(at + headBytes, size - offset));
      if (boxHead(bytes, at) === null) return { rest: 'cut' };
      extra -= 1;
      continue;
    }
    const known =
      head.type === 'prft' ||
      head.type === 'moof' ||
      head.type === 'styp' ||
      head.type === 'free' ||
      head.type === 'emsg' ||
      head.type === 'sidx';
    if (!known || head.size < 8 || head.size > maxMoofBytes || extra > maxExtraBoxes) return { rest: 'damage' };
    const end = at + head.size;
    if (offset + end > size) return { rest: 'cut' };
    if (head.type === 'moof') {
      if (bytes.length < end + 8) bytes = await read(offset, Math.min(end + 8, size - offset));
      const data = boxHead(bytes, end);
      if (data === null) return { rest: 'cut' };
      if (data.type !== 'mdat' || data.size < 8 || data.size > maxFragmentBytes + 8) return { rest: 'damage' };
      if (offset + end + data.size > size) return { rest: 'cut' };
      return check(bytes, offset, end, data.size, init);
    }
    at = end;
  }
}

function check(bytes: Uint8Array, offset: number, moofEnd: number, dataSize: number, init: Mp4Init): Found {
  try {
    const head = parseFragmentHead(bytes.subarray(0, moofEnd), init);
    const from = moofEnd + 8 - head.moofStart;
    const to = from + dataSize - 8;
    for (const s of head.samples) if (s.offset < from || s.offset + s.bytes > to) return { rest: 'damage' };
    return {
      place: { offset, bytes: moofEnd + dataSize, startUs: head.startUs, durationUs: head.durationUs, key: head.key },
    };
  } catch (error) {
    if (error instanceof MediaError) return { rest: 'damage' };
    throw error;
  }
}

/**
 * All whole fragments of a segment from `fromOffset` on (default: its first). It reads a few KiB per fragment, never the
 * samples. `size`: bytes of the file that may be read.
 */
export async function scanFragments(
  read: ReadAt,
  size: number,
  init: Mp4Init,
  fromOffset: number = init.bytes,
): Promise<Scan> {
  const fragments: FragmentPlace[] = [];
  let offset = fromOffset;
  for (;;) {
    const found = await fragmentAt(read, size, offset, init);
    if ('rest' in found) return { fragments, wholeBytes: Math.min(offset, size), rest: found.rest };
    fragments.push(found.place);
    offset += found.place.bytes;
  }
}

/** `scanFragments` over bytes in memory, e.g. what a screen has fetched of a segment. */
export const readerOf =
  (bytes: Uint8Array): ReadAt =>
  (offset, length) =>
    Promise.resolve(bytes.subarray(offset, Math.min(offset + length, bytes.length)));

/**
 * The key frames of a sealed segment from its last bytes: one read, or two for long ones. Null for a file without an index
 * (open, recovered). `timeUs` counts from the segment's first picture; `offset` is where the key's fragment starts.
 * Throws `MediaError` for a damaged index.
 */
export async function readKeyIndex(
  read: ReadAt,
  size: number,
  init: Mp4Init,
): Promise<{ offset: number; timeUs: number }[] | null> {
  if (size < 16) return null;
  const tail = await read(size - 16, 16);
  const r = new ByteReader(tail);
  if (tail.length < 16 || r.u32() !== 16 || r.fourCc() !== 'mfro') return null;
  r.skip(4);
  const bytes = r.u32();
  if (bytes < 16 || bytes > size || bytes > maxMoofBytes)
    throw new MediaError('malformed', 'the index of a segment has an impossible size');
  return parseKeyIndex(await read(size - bytes, bytes), init);
}

/** Reads an `mfra` box. Throws `MediaError`. */
export function parseKeyIndex(bytes: Uint8Array, init: Mp4Init): { offset: number; timeUs: number }[] {
  const mfra = boxes(bytes)[0];
  if (mfra?.type !== 'mfra') throw new MediaError('malformed', 'a segment without an index where there should be one');
  const tfra = findBox(bytes, mfra, 'tfra');
  if (tfra === null) throw new MediaError('malformed', 'the index of a segment is empty');
  const r = new ByteReader(bytes, tfra.start, tfra.end);
  const long = r.u8() === 1;
  r.skip(3 + 4);
  const sizes = r.u32();
  const numbers = ((sizes >> 4) & 3) + ((sizes >> 2) & 3) + (sizes & 3) + 3;
  const count = r.u32();
  if (count * ((long ? 16 : 8) + numbers) > r.left)
    throw new MediaError('truncated', 'the index of a segment is cut off');
  const keys: KeyEntry[] = [];
  for (let i = 0; i < count; i += 1) {
    const time = long ? r.u64() : r.u32();
    const moofOffset = long ? r.u64() : r.u32();
    r.skip(numbers);
    keys.push({ moofOffset, timeUs: Math.round((time * 1e6) / init.video.timescale) - init.delayUs });
  }
  return keys.map((k) => ({ offset: k.moofOffset - bytesBeforeMoof, timeUs: k.timeUs }));
}
