/** What the engine needs of archives, in its own words. Types only. */
import type { ArchivedNote, ArchivePlace } from '#domain/archive.ts';
import type { Waiting } from '#domain/decide/plan-tiering.ts';
import type { StreamId } from '#domain/id.ts';
import type { SegmentSource } from './segment-port.ts';

// ---- the places themselves (adapters/archive) ------------------------------------------------------------------------

export type ArchiveFile = { sha256: string; bytes: number };

/** One file that is to be sent. */
export type Sending = {
  /** Its name at the archive: the path of a segment (`domain/segment.ts`). */
  key: string;
  /** Absolute path here. */
  path: string;
  /** As the index knows it. */
  file: ArchiveFile;
  note: ArchivedNote;
  /** What an earlier try left to go on from; null: nothing. */
  begun: string | null;
  /** To be kept for a later try, before more is sent. */
  begin(mark: string): void;
  /** Waits until so many bytes may be sent. Rejects when `signal` is aborted. */
  pace(bytes: number): Promise<void>;
  signal: AbortSignal;
};

/**
 * One archive. Every method rejects with `ArchiveError`, in bounded time, and when `signal` is aborted with its reason. All but `mark`
 * need the archive's own id to be there: nothing is written into an empty mount point.
 */
export type ArchiveStore = {
  /** Reads the id of what is there; makes one (for `station`) where nothing is and `make` says so. null: nothing is there. */
  mark(make: { id: string; station: string } | null): Promise<{ id: string; station: string } | null>;
  /** Proves that it can be written, read back and deleted. */
  test(): Promise<void>;
  /**
   * Sends a file and verifies what lies there then: `corrupt` where that is not what the index knows. `changed`: the file here is not
   * what the index knows, and nothing was sent.
   */
  send(sending: Sending): Promise<'sent' | 'changed'>;
  /** Ends what an earlier try of a file that is not to be sent any more left there. */
  abandon(key: string, begun: string): Promise<void>;
  /** Gets an object into a new file here; null: it is not there. */
  fetch(key: string, to: string, signal: AbortSignal): Promise<ArchiveFile | null>;
  /**
   * Bytes [offset, offset + length) of an object of `bytes` bytes: all of them. null: it is not there; `corrupt` where it is of another
   * size.
   */
  read(key: string, bytes: number, offset: number, length: number, signal: AbortSignal): Promise<Uint8Array | null>;
  /** What an object says of itself; null: it is not there. */
  look(key: string): Promise<{ bytes: number; note: ArchivedNote | null } | null>;
  /** Gone when it resolves, whether it was there or not. */
  remove(key: string): Promise<void>;
  /** Objects with names of segments, in the order of names; `folder`: of one camera. */
  list(folder: string | null): AsyncIterable<{ key: string; bytes: number }>;
  /** Room that is left, bytes; null: it has no limit that it tells. */
  freeBytes(): Promise<number | null>;
  close(): void;
};

/** `expectedId`: the id that must be there; null: it is not known yet (only `mark` works). */
export type ArchiveDoor = {
  open(place: ArchivePlace, secret: string | null, expectedId: string | null): ArchiveStore;
};

/** Objects of archives, or parts of them, kept here for a while, so that playing asks for each once. */
export type ArchiveCache = {
  /**
   * Path of a whole copy. Where there is none, `get` writes it to the path that it is given; what it answers must be `file`. null: it
   * is not at the archive. Rejects as `get` does; `corrupt` where it is another.
   */
  hold(name: string, file: ArchiveFile, get: (to: string) => Promise<ArchiveFile | null>): Promise<string | null>;
  /**
   * An object whose parts are got with `get` as they are read, and kept. Once all are here their hash is compared: a read that brings
   * the last one rejects (`corrupt`) where it is another. `whole`: all of it is here already, or its parts were not what was archived
   * before: it is to be held.
   */
  parts(
    name: string,
    file: ArchiveFile,
    get: (offset: number, length: number) => Promise<Uint8Array | null>,
  ): Promise<SegmentSource | 'whole'>;
  forget(name: string, file: ArchiveFile): Promise<void>;
  /** Bytes of objects and parts that are here. */
  bytes(): number;
  limit(bytes: number): void;
};

// ---- what the index knows (adapters/sqlite) --------------------------------------------------------------------------

/** A verified copy at an archive. */
export type ArchivedRow = {
  streamId: StreamId;
  startMs: number;
  archive: number;
  file: ArchiveFile;
  verifiedMs: number;
};

/** A finished segment on a volume; `sha256` null: it has no hash yet. */
export type WaitingRow = Waiting & {
  volume: number;
  /** Number of the clock seam after which it was recorded; 0: before any. */
  seam: number;
  sha256: string | null;
};

/** A file on a volume whose segment is an archive's by now. */
export type LeavingFile = { streamId: StreamId; startMs: number; volume: number };

export type ArchiveRowStore = {
  /** Finished segments on volumes that start at `fromMs` or later, oldest first. A copy that is not of its present hash does not count. */
  page(streamId: StreamId, fromMs: number, limit: number): WaitingRow[];
  of(streamId: StreamId, startMs: number): ArchivedRow | null;
  /** A copy was verified. false: its segment is gone, or going, or at an archive: the copy is not known then. */
  put(row: ArchivedRow): boolean;
  /**
   * Of these segments those that have a good copy are the archive's from now on; answers which, and from which volume their files are
   * to go. One that is being deleted stays what it is.
   */
  leave(streamId: StreamId, startsMs: readonly number[]): { startMs: number; volume: number; bytes: number }[];
  /** Files that are still to go, volume by volume, those behind `after`. */
  leaving(limit: number, after?: LeavingFile | null): LeavingFile[];
  left(streamId: StreamId, startMs: number): void;
  /** The copy is gone from the archive; its segment stays as it is. */
  forget(streamId: StreamId, startMs: number): void;
  /** Copies of segments that are on volumes too, and ended before a moment, oldest first. */
  copiesBefore(streamId: StreamId, archive: number, endedMs: number, limit: number): ArchivedRow[];
  /** Copies of a stream from a moment on, oldest first, and where the index says that each segment is. */
  copies(streamId: StreamId, archive: number, fromMs: number, limit: number): (ArchivedRow & { volume: number })[];
  /** All copies that are known of an archive. */
  count(archive: number): { segments: number; bytes: number };
  /** How much of a stream waits from `fromMs` to `untilMs`: of the first `limit`. */
  waiting(streamId: StreamId, fromMs: number, untilMs: number, limit: number): { segments: number; bytes: number };
  sending: {
    of(archive: number, streamId: StreamId, startMs: number): string | null;
    begin(archive: number, streamId: StreamId, startMs: number, mark: string): void;
    end(archive: number, streamId: StreamId, startMs: number): void;
    all(archive: number): { streamId: StreamId; startMs: number; begun: string }[];
  };
  /** Nothing is known of an archive any more, and its segments with it. */
  drop(archive: number): void;
};
