/** The file of one segment: how it is made, what goes into it, and how it is left when its disk fails. */
import type { StreamId } from '#domain/id.ts';
import { segmentPath } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { AccessUnit, AudioTrack, VideoTrack } from '#media/format.ts';
import { encryptFragment, type FragmentCipher } from '#media/mp4/encryption.ts';
import { lengthenData, upTo } from '#media/mp4/spare-room.ts';
import { type KeyEntry, bytesBeforeMoof, writeIndex } from '#media/mp4/write-fragment.ts';
import type { IngestReport, RecordTarget, SegmentFormat } from '../port.ts';
import { directBlock } from './direct-memory.ts';
import type { RecordDisk, RecordFile } from './disk.ts';

/** A segment on its way to disk. */
export type SegmentFile = {
  target: RecordTarget;
  /** Names it. Moved up by a millisecond each time a file of that name turns out to exist. */
  startMs: number;
  /** First picture. */
  readonly originUs: number;
  readonly delayUs: number;
  /** The steady clock when it was begun. */
  readonly steadyMs: number;
  readonly init: Uint8Array;
  /** Worth whole blocks, and so `init` is: see `RecordDisk.create`. */
  readonly large: boolean;
  /** null: it is written plain. */
  readonly encryption: { keyId: string; cipher: FragmentCipher } | null;
  readonly format: SegmentFormat;
  readonly tracks: { video: VideoTrack; audio: AudioTrack | null };
  /** Say nothing until something whole is on disk: set while the disk is being tried again after it failed. */
  readonly trial: boolean;
  /** Begun with what was kept in memory. */
  readonly kept: boolean;
  /** What is written in it has ended already: see `opened` of `IngestReport`. */
  past: boolean;
  opened: boolean;
  /** Fragments handed to the writer, and up to when they reach. */
  sequence: number;
  takenMs: number;
  file: RecordFile | null;
  /** Durable so far. */
  bytes: number;
  endMs: number;
  fragments: number;
  keys: KeyEntry[];
};

/** A fragment with its head as the first piece, ready to write. `sequence` counts from 1 within the segment. */
export type FragmentBytes = {
  sequence: number;
  pieces: Uint8Array[];
  bytes: number;
  /** What it was made of. */
  pictures: readonly AccessUnit[];
  sounds: readonly AccessUnit[];
  endMs: number;
  key: boolean;
  /** When its oldest unit was taken. */
  oldestMonoMs: number;
  timeUs: number;
};

/** What is behind the last sample of a write that ends on a block. */
const nothing = new Uint8Array(directBlock);
/** Names tried when a file is in the way. */
const maxNames = 20;

export const codeOf = (error: unknown): string => {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code ?? 'EIO';
};

/** Makes it, under the next free name. Rejects with the system's error. */
export async function makeFile(segment: SegmentFile, kind: StreamKind, disk: RecordDisk): Promise<void> {
  for (let tries = 1; segment.file === null; tries += 1) {
    try {
      const path = segmentPath(segment.target.folder, kind, segment.startMs);
      segment.file = await disk.create(segment.target.root, path, segment.init, segment.large, segment.target);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' || tries >= maxNames) throw error;
      segment.startMs += 1;
      segment.endMs = Math.max(segment.endMs, segment.startMs);
    }
  }
  segment.bytes = segment.init.length;
}

/** Removes it, in which nothing whole is. Rejects with the system's error. */
export const removeFile = ({ target, startMs }: SegmentFile, kind: StreamKind, disk: RecordDisk): Promise<void> =>
  disk.remove(target.root, segmentPath(target.folder, kind, startMs), target);

/** One write: `pieces` of `bytes` together, of which `payload` are fragments; where the file ends then, and its new keys. */
export type FileWrite = { pieces: Uint8Array[]; bytes: number; payload: number; position: number; keys: KeyEntry[] };

/** What is written of a fragment: its pieces, or what they become when the segment is encrypted. */
const bytesOf = ({ encryption }: SegmentFile, { pieces, sequence }: FragmentBytes): Uint8Array[] => {
  if (encryption === null) return pieces;
  const [head, ...payload] = pieces;
  if (head === undefined) return pieces;
  return encryptFragment(head, payload, { ...encryption, sequence });
};

/** The fragments as the next write of the file, which must have been made; `last`: with the index behind them, if anything is in it. */
export function fileWrite(segment: SegmentFile, block: number, fragments: FragmentBytes[], last: boolean): FileWrite {
  let position = segment.bytes;
  let payload = 0;
  const keys: KeyEntry[] = [];
  for (const fragment of fragments) {
    if (fragment.key) keys.push({ moofOffset: position + bytesBeforeMoof, timeUs: fragment.timeUs });
    position += fragment.bytes;
    payload += fragment.bytes;
  }
  let tail = 0;
  let index: Uint8Array | null = null;
  if (last && segment.fragments + fragments.length > 0) {
    index = writeIndex([...segment.keys, ...keys], segment.delayUs, position, block);
    tail = index.length;
  } else if (payload > 0) {
    tail = upTo(position, block);
    const end = fragments.at(-1)?.pieces;
    if (tail > 0 && end?.[0] !== undefined) {
      lengthenData(end[0], tail);
      end.push(nothing.subarray(0, tail));
    }
  }
  const [only] = fragments;
  const pieces =
    only !== undefined && fragments.length === 1
      ? bytesOf(segment, only)
      : fragments.flatMap((f) => bytesOf(segment, f));
  if (index !== null) pieces.push(index);
  return { pieces, bytes: payload + tail, payload, position: position + tail, keys };
}

/**
 * Leaves the file as whole as the failing disk allows: cut after its last whole fragment, with an index where it fits; gone where nothing
 * whole is in it. Never rejects. Answers the file, which is closed; null: none was made.
 */
export async function salvageFile(
  segment: SegmentFile,
  kind: StreamKind,
  disk: RecordDisk,
): Promise<RecordFile | null> {
  const { file } = segment;
  if (file === null) return null;
  segment.file = null;
  let atEnd = false;
  try {
    await file.truncate(segment.bytes);
    atEnd = true;
    if (segment.fragments > 0) {
      const index = writeIndex(segment.keys, segment.delayUs, segment.bytes, file.block);
      await file.append([index], index.length, segment.bytes);
      segment.bytes += index.length;
    }
    await file.sync?.();
  } catch {
    // The disk still refuses. Readers stop at the last whole fragment by themselves, and the failure is told.
    if (atEnd) await file.truncate(segment.bytes).catch(() => undefined);
  }
  await file.close().catch(() => undefined);
  if (segment.fragments === 0) await removeFile(segment, kind, disk).catch(() => undefined);
  return file;
}

/**
 * Closes a file that was left on a disk which has answered after all; gone where nothing whole is in it. `cut`: what was written elsewhere
 * may be in it too. Never rejects: what fails is told.
 */
export async function letGoFile(
  segment: SegmentFile,
  cut: boolean,
  of: { streamId: StreamId; kind: StreamKind; disk: RecordDisk; report(report: IngestReport): void },
): Promise<void> {
  const { file } = segment;
  segment.file = null;
  try {
    try {
      // Where this fails some seconds lie on two disks, which costs room and nothing else.
      if (cut) await file?.truncate(segment.bytes);
    } finally {
      await file?.close();
    }
    if (file !== null && segment.fragments === 0) await removeFile(segment, of.kind, of.disk);
  } catch (error) {
    const fields = { streamId: of.streamId, code: codeOf(error), message: String(error) };
    const text = 'A file that was left on a disk could not be put in order.';
    of.report({ op: 'log', level: 'warn', text, fields });
  }
}
