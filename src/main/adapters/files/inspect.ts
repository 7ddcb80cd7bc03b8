/** Reads what a segment's file says of itself. Opens it for reading only. */
import { type FileHandle, open } from 'node:fs/promises';
import type { SegmentContent } from '../../engine/segment-file-port.ts';
import type { SegmentSource } from '../../engine/segment-port.ts';
import { unitBytes } from '#media/access-unit.ts';
import type { VideoTrack } from '#media/format.ts';
import { MediaError } from '#media/media-error.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { type Mp4Init, type ReadAt, readInit } from '#media/mp4/read-init.ts';
import { type FragmentPlace, readKeyIndex } from '#media/mp4/scan.ts';
import { codecsOf } from '#media/mp4/write-init.ts';
import { splitLengthPrefixed } from '#media/nal.ts';
import { errnoOf } from './data-folder-error.ts';
import {
  noKeys,
  openerOf,
  type Scanner,
  scanFar,
  scanHere,
  type SegmentOpener,
  readerOf as wholeReader,
  type VolumeKeyLookup,
} from './segment-view.ts';

/** What is not as it should be with a file that still is a segment. */
export type FileDefect = {
  code: 'not-a-segment' | 'no-fragment' | 'cut-tail' | 'damaged-tail' | 'index-disagrees';
  text: string;
};

export type Inspection = {
  /** Of the file. */
  bytes: number;
  /** null: it holds nothing that can be played. */
  content: SegmentContent | null;
  defect: FileDefect | null;
};

/** Where heads of fragments lie some KiB apart, one read for many of them costs less than one for each. */
const blockBytes = 128 * 1024;
/** Where they lie further apart, what is between them is not worth reading. */
const nearBytes = 32 * 1024;
const headBytes = 4 * 1024;

function readerOf(file: FileHandle): ReadAt {
  const readAt = wholeReader(file);
  let block: { offset: number; bytes: Uint8Array } = { offset: 0, bytes: new Uint8Array(0) };
  let last = 0;
  return async (offset, length) => {
    if (length > blockBytes / 2) return readAt(offset, length);
    const at = offset - block.offset;
    if (at < 0 || at + length > block.bytes.length) {
      const bytes = Math.abs(offset - last) < nearBytes ? blockBytes : Math.max(headBytes, length);
      block = { offset, bytes: await readAt(offset, bytes) };
    }
    last = offset;
    const from = offset - block.offset;
    return block.bytes.slice(from, from + length);
  };
}

/** Whether a sample looks like what its codec makes: a power cut can leave zeros where data was to come. */
function looksWhole(codec: VideoTrack['codec'], sample: Uint8Array): boolean {
  if (codec === 'mjpeg') return sample[0] === 0xff && sample[1] === 0xd8;
  const nals = splitLengthPrefixed(sample);
  return nals.length > 0 && nals.every((nal) => ((nal[0] ?? 0x80) & 0x80) === 0 && nal.some((b) => b !== 0));
}

/** Encrypted bytes are never zero for long: so many in a row are what a power cut left. */
const holeBytes = 256;
function hasHole(bytes: Uint8Array): boolean {
  let zeros = 0;
  for (const byte of bytes) {
    zeros = byte === 0 ? zeros + 1 : 0;
    if (zeros >= holeBytes) return true;
  }
  return false;
}

/** Whether a fragment's data is on disk. Of an encrypted one its tag says so; without the key, that nothing of it is missing. */
async function isSound(
  read: ReadAt,
  place: FragmentPlace,
  init: Mp4Init,
  opener: SegmentOpener | 'closed' | null,
): Promise<boolean> {
  try {
    const raw = await read(place.offset, place.bytes);
    if (opener === 'closed') return !hasHole(raw);
    const { units } = parseFragment(opener === null ? raw : opener.decrypt(raw), init);
    return units.every((unit) => unit.track === 'audio' || looksWhole(init.video.track.codec, unitBytes(unit)));
  } catch (error) {
    if (error instanceof MediaError) return false;
    throw error;
  }
}

/** What a crash leaves that came right after the file was made. */
const endsEarly: FileDefect = { code: 'no-fragment', text: 'it ends before its first picture' };

async function look(read: ReadAt, bytes: number, keys: VolumeKeyLookup, scanner: Scanner): Promise<Inspection> {
  let init: Mp4Init;
  try {
    init = await readInit(read);
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    if (error.code === 'truncated') return { bytes, content: null, defect: endsEarly };
    return {
      bytes,
      content: null,
      defect: { code: 'not-a-segment', text: `its start cannot be read: ${error.message}` },
    };
  }
  const scan = await scanner(read, bytes, init);
  const { fragments } = scan;
  let { wholeBytes, rest } = scan;
  if (rest !== 'index') {
    // Not closed in order: the last fragments may have got their place on disk and not their data.
    const found = openerOf(init, await read(0, init.bytes), keys);
    const opener = typeof found === 'string' ? 'closed' : found;
    for (
      let last = fragments.at(-1);
      last !== undefined && !(await isSound(read, last, init, opener));
      last = fragments.at(-1)
    ) {
      fragments.pop();
      wholeBytes = last.offset;
      rest = 'damage';
    }
  }
  if (fragments.length === 0) return { bytes, content: null, defect: endsEarly };
  let sealed = rest === 'index';
  let defect: FileDefect | null = null;
  if (rest === 'cut')
    defect = {
      code: 'cut-tail',
      text: `its last ${bytes - wholeBytes} bytes are the beginning of a fragment that was never finished`,
    };
  if (rest === 'damage') defect = { code: 'damaged-tail', text: `its last ${bytes - wholeBytes} bytes cannot be read` };
  if (sealed && !(await indexAgrees(read, bytes, init, fragments))) {
    sealed = false;
    defect = { code: 'index-disagrees', text: 'the index at its end does not fit what is before it' };
  }
  const endUs = Math.max(...fragments.map((f) => f.startUs + f.durationUs));
  return {
    bytes,
    content: {
      endMs: Math.floor(endUs / 1000),
      bytes: sealed ? bytes : wholeBytes,
      sealed,
      ...descriptionOf(init),
      fragments: fragments.map((f) => [f.offset, f.bytes, f.startUs / 1000, f.durationUs / 1000, f.key]),
    },
    defect,
  };
}

/** What the start of a file says. */
export type SegmentSelf = Pick<SegmentContent, 'origin' | 'clocks' | 'format'>;

const descriptionOf = ({ video, audio, bytes, backFilledFrom, clocks }: Mp4Init): SegmentSelf => ({
  origin: backFilledFrom === null ? 'live' : 'back-fill',
  clocks:
    clocks === null
      ? null
      : { steadyMs: clocks.steadyUs / 1000, wallMs: Math.floor(clocks.wallUs / 1000), boot: clocks.boot },
  format: {
    codecs: codecsOf(video.track, audio?.track ?? null),
    width: video.track.width,
    height: video.track.height,
    initBytes: bytes,
  },
});

async function indexAgrees(
  read: ReadAt,
  bytes: number,
  init: Mp4Init,
  fragments: readonly FragmentPlace[],
): Promise<boolean> {
  try {
    const keys = await readKeyIndex(read, bytes, init);
    const wanted = fragments.filter((f) => f.key);
    return keys !== null && keys.length === wanted.length && keys.every((k, i) => k.offset === wanted[i]?.offset);
  } catch (error) {
    if (error instanceof MediaError) return false;
    throw error;
  }
}

/** Reads a file's boxes; null when there is no such file. Rejects on errors of the disk. */
export async function inspectFile(path: string, keys: VolumeKeyLookup = noKeys): Promise<Inspection | null> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    return await look(readerOf(file), (await file.stat()).size, keys, scanHere);
  } finally {
    await file.close();
  }
}

/** Of a file's first bytes and its last what tells its index and its shape, most of the time. */
const firstBytes = 16 * 1024;
const lastBytes = 8 * 1024;

/** The same of a segment that lies elsewhere, where each read is a trip. Rejects as the source does. */
export async function inspectSource(
  { bytes, read }: SegmentSource,
  keys: VolumeKeyLookup = noKeys,
): Promise<Inspection> {
  // A source keeps what it was asked for: what follows finds most of it there.
  await Promise.all([read(0, firstBytes), read(Math.max(0, bytes - lastBytes), lastBytes)]);
  return await look(read, bytes, keys, scanFar);
}

/**
 * Origin and format of a file that was closed in order, by its first bytes and its last: what a list beside the video does not tell.
 * null: there is none such, or it is another. Rejects on errors of the disk.
 */
export async function glanceAtFile(path: string, bytes: number): Promise<SegmentSelf | null> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    if ((await file.stat()).size !== bytes) return null;
    const init = await readInit(readerOf(file));
    return (await readKeyIndex(wholeReader(file), bytes, init)) === null ? null : descriptionOf(init);
  } catch (error) {
    if (error instanceof MediaError) return null;
    throw error;
  } finally {
    await file.close();
  }
}

/** Cuts off what follows the last whole fragment of a file that is not being written. For repairs only; keeps all that plays. */
export async function trimTail(path: string, wholeBytes: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    if (wholeBytes >= size || wholeBytes <= 0) return;
    await file.truncate(wholeBytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
