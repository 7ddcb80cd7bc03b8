/** Recorded files of a volume (adapters/files). Types only. */
import type { SegmentOrigin } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { SegmentSource } from './segment-port.ts';
import type { ChainFiles } from './chain-port.ts';
import type { SegmentRow } from './index-port.ts';

/** What a segment's file says of itself. */
export type SegmentContent = {
  /** End (exclusive) of the last whole fragment, UTC ms. */
  endMs: number;
  /** Bytes up to the end of the last whole fragment (and of the closing index, when sealed). */
  bytes: number;
  /** Closed in order: the closing index is there and agrees. */
  sealed: boolean;
  origin: SegmentOrigin;
  /** The machine's steady clock when it was begun, and the boot it counts from; null: it does not say. */
  clocks: { steadyMs: number; wallMs: number; boot: string } | null;
  format: SegmentRow['format'];
  /** [offset, bytes, fromMs, durationMs, startsWithKey], oldest first. */
  fragments: [number, number, number, number, boolean][];
};

/**
 * A segment's file, opened for reading. What it gives is the plain view of an encrypted one, each fragment verified before a byte of
 * it is given out; it rejects with UNAVAILABLE (reason `corrupt`) where that fails.
 */
export type SegmentReader = {
  /** It is encrypted on disk: what is read of it is not to be kept elsewhere. */
  encrypted: boolean;
  /** Bytes [offset, offset + length); fewer at the end of the file only. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Bytes first … last (inclusive) in pieces; the file is closed when they are through or nobody wants more. */
  chunks(first: number, last: number): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
};

/** Recorded video of one volume. Reads never change a file. */
export type SegmentFiles = {
  /** Absolute path of the volume's `video` folder. */
  root: string;
  /** Absolute path of a segment. */
  path(folder: string, kind: StreamKind, startMs: number): string;
  /**
   * Whether a camera's video can be written now as far as its folders go: a small file is, in the innermost that is there. Answers why not
   * (errno); null: it can. Makes no folder.
   */
  tryFolder(folder: string, atMs: number): Promise<string | null>;
  /** Camera folders that are there. */
  folders(): Promise<string[]>;
  /** Segment files of a camera that start in [fromMs, toMs], oldest first; reads only the hour folders of that span. */
  list(folder: string, fromMs: number, toMs: number): Promise<{ kind: StreamKind; startMs: number; bytes: number }[]>;
  /** Reads a file's boxes (not its samples); null if there is no such file or nothing whole in it. */
  inspect(path: string): Promise<SegmentContent | null>;
  /**
   * Opens a file for players; null if there is none. Rejects with UNAVAILABLE for an encrypted one whose key is `locked` or
   * `key-destroyed` (its reason), and with the system's errors.
   */
  open(path: string): Promise<SegmentReader | null>;
  /** `inspect` of a source, by as few and as small reads as may be; the source stays open. */
  inspectFrom(source: SegmentSource): Promise<SegmentContent | null>;
  /** `open` of a source: what it gives closes it, and so does a refusal. `name`: of these bytes and no others. */
  openFrom(name: string, source: SegmentSource): Promise<SegmentReader>;
  /**
   * Deletes a camera's folder with all that is in it. For `erase` only. What is refused keeps nothing else from going; rejects with UNAVAILABLE
   * (reason `not-deleted`) then.
   */
  eraseFolder(folder: string): Promise<void>;
  /**
   * A camera's description beside its video (`camera.json`), written whole, so that the index can be made again from the disk alone.
   * False where the camera has no folder: none is made, for it has no video there, or the volume is not there.
   */
  describe(folder: string, json: string): Promise<boolean>;
  described(folder: string): Promise<string | null>;
  chain: ChainFiles;
  /** Holds, bookmarks, rules, zones and lines of a camera (`kept.json`), as `describe`. */
  keepBeside(folder: string, json: string): Promise<boolean>;
  keptBeside(folder: string): Promise<string | null>;
  /** What a camera's coverage of a month is proven from (`account-2026-11.json`), as `describe`. */
  keepAccount(folder: string, month: string, json: string): Promise<boolean>;
  /** Months of which there is such a file; null: the camera has no folder. */
  accountMonths(folder: string): Promise<string[] | null>;
  /**
   * Deletes segments of a camera one after the other, makes that durable, and removes the hour and day folders that are empty
   * then. `spared` is asked right before each file. Answers which are not there any more, and which were refused by themselves
   * (somebody has them open, or protected them); `trouble`: what kept it from going on.
   */
  remove(
    folder: string,
    segments: readonly { kind: StreamKind; startMs: number }[],
    spared: (segment: { kind: StreamKind; startMs: number }) => boolean,
  ): Promise<{
    gone: { kind: StreamKind; startMs: number }[];
    refused: { segment: { kind: StreamKind; startMs: number }; why: string }[];
    trouble: string | null;
  }>;
  /**
   * Space of the volume; `writable` is found by writing and syncing a small file, `mark` is the id that is there: null where there is
   * none. Into a volume that is another than it should be nothing is written. Throws when the volume cannot be looked at.
   */
  space(): Promise<{ totalBytes: number; freeBytes: number; writable: boolean; mark: string | null }>;
};
