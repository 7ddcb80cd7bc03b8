/** What the index keeps of retention, holds and bookmarks, in the engine's words. Types only. */
import type { KeptDeletion } from '#domain/account.ts';
import type { Bookmark } from '#domain/bookmark.ts';
import type { Deletion } from '#domain/deletion.ts';
import type { Hold } from '#domain/hold.ts';
import type { BookmarkId, CameraId, StreamId } from '#domain/id.ts';
import type { CameraRetention, DeletionReason, EventFavour } from '#domain/retention.ts';
import type { StreamKind } from '#domain/stream.ts';

/** A segment that is not being written. */
export type FinishedSegment = { startMs: number; endMs: number; bytes: number; volume: number };
/** `seam`: number of the clock seam after which it was recorded; 0: before any. */
export type DatedSegment = FinishedSegment & { seam: number };

/** Segments of a stream that start in [fromMs, toMs] are being deleted. */
export type DeletionMark = {
  streamId: StreamId;
  fromMs: number;
  toMs: number;
  reason: DeletionReason;
  /** Of a deletion by hand. */
  by: string;
  why: string;
};

/** A deletion that a person asked for. */
export type Erasure = {
  id: string;
  cameraId: CameraId;
  /** null: all of its streams. */
  kind: StreamKind | null;
  fromMs: number;
  toMs: number;
  why: string;
  by: string;
  askedMs: number;
};

export type RetentionStore = {
  /** What was said of cameras. */
  rules(): { cameraId: CameraId; rule: CameraRetention }[];
  /** null: as the station again. */
  setRule(cameraId: CameraId, rule: CameraRetention | null): void;
  /** Finished segments of each stream on each volume. */
  stored(): { streamId: StreamId; volume: number; segments: number; bytes: number }[];
  /** Finished segments that start at `fromMs` or later, oldest first; `volume`: of that one alone. */
  finished(streamId: StreamId, fromMs: number, limit: number, volume?: number): DatedSegment[];
  /** Start of the segment before a moment, in whatever state; null: there is none. */
  before(streamId: StreamId, startMs: number): number | null;
  /** What events make worth more of a camera's time, cut to nothing, in no order. */
  eventSpans(cameraId: CameraId, fromMs: number, toMs: number, favour: EventFavour): [fromMs: number, toMs: number][];
  /** Before the first file of these goes. */
  mark(marks: readonly DeletionMark[]): void;
  marks(): DeletionMark[];
  /**
   * The files of these are gone: rows, coverage and marks go with them, and the report tells of them, in one transaction. No
   * gap comes of it.
   */
  gone(done: readonly { mark: DeletionMark; removed: readonly FinishedSegment[] }[], atMs: number): void;
  /** As `gone`, of segments that stand in the report already: an older index still knew them, some as being written. Oldest first. */
  deletedBefore(streamId: StreamId, removed: readonly (FinishedSegment & { open: boolean })[]): void;
  /** Newest first. */
  deletions(q: {
    cameraIds: readonly CameraId[];
    reasons: readonly DeletionReason[];
    /** Deleted in [fromMs, toMs). */
    fromMs: number | null;
    toMs: number | null;
    before: number | null;
    limit: number;
  }): Deletion[];
  /** Lines of the report from beside the video: those that the index lacks, or has shorter. */
  restore(cameraId: CameraId, lines: readonly KeptDeletion[]): void;
  /** End of the newest footage of a stream that was deleted; null: none was. */
  deletedUntil(streamId: StreamId): number | null;
  erasure: {
    add(erasure: Erasure): void;
    /** Not carried out to the end, oldest first. */
    open(): Erasure[];
    done(id: string, atMs: number): void;
  };
};

export type HoldStore = {
  all(): Hold[];
  /** Adds it, or writes it over the one of its id. */
  put(hold: Hold): void;
};

export type BookmarkQuery = {
  cameraIds: readonly CameraId[];
  fromMs: number | null;
  toMs: number | null;
  /** Newest moment first, behind this one. */
  before: BookmarkId | null;
  limit: number;
};
export type BookmarkStore = {
  get(id: BookmarkId): Bookmark | null;
  put(bookmark: Bookmark): void;
  remove(id: BookmarkId): void;
  list(q: BookmarkQuery): Bookmark[];
  ofCamera(cameraId: CameraId): Bookmark[];
};
