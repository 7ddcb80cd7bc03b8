/** What the engine needs of archives, in its own words. Types only. */
import type { ArchivedNote, ArchivePlace } from '#domain/archive.ts';
import type { StreamId } from '#domain/id.ts';

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

// ---- what the index knows (adapters/sqlite) --------------------------------------------------------------------------

/** A verified copy at an archive. */
export type ArchivedRow = {
  streamId: StreamId;
  startMs: number;
  archive: number;
  file: ArchiveFile;
  verifiedMs: number;
};
