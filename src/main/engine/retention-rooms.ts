/** What the engine offers of retention, holds and bookmarks, to `engine/api` and other rooms. Types only. */
import type { Bookmark, BookmarkChange, BookmarkDraft } from '#domain/bookmark.ts';
import type { Deletion } from '#domain/deletion.ts';
import type { Hold, HoldDraft } from '#domain/hold.ts';
import type { BookmarkId, CameraId, HoldId } from '#domain/id.ts';
import type { CameraRetention, DeletionReason, StationRetention } from '#domain/retention.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { Caller, Outputs } from '#contract/call.ts';

export type DeletionQuery = {
  cameraIds: readonly CameraId[];
  reasons: readonly DeletionReason[];
  fromMs: number | null;
  toMs: number | null;
  before: number | null;
  limit: number;
};

export type Retention = {
  state(): Outputs['retention']['state'];
  /** Takes effect at once; footage is deleted by it from the next minute on. */
  setStation(retention: StationRetention, caller: Caller): void;
  /** null: as the station again. Throws NOT_FOUND. */
  setCamera(id: CameraId, retention: CameraRetention | null, caller: Caller): void;
  /** Newest first. */
  deletions(q: DeletionQuery): Deletion[];
  /** Deletes footage of cameras because a person says so. Throws NOT_FOUND; INVALID for a span that is not over; CONFLICT where some of it is held. */
  erase(
    span: { cameraIds: readonly CameraId[]; stream: StreamKind | null; fromMs: number; toMs: number; why: string },
    caller: Caller,
  ): void;
};

export type Holds = {
  /** Newest first. */
  list(): Hold[];
  /** Throws NOT_FOUND for a camera that never was, INVALID for an end that is over, CONFLICT when there are too many. */
  place(draft: HoldDraft, caller: Caller): Hold;
  /** Throws NOT_FOUND; CONFLICT for one that is lifted; INVALID. */
  change(
    id: HoldId,
    change: { reason?: string | undefined; owner?: string | undefined; untilMs?: number | null | undefined },
    caller: Caller,
  ): Hold;
  /** Throws NOT_FOUND; CONFLICT for one that is lifted already. */
  lift(id: HoldId, reason: string, caller: Caller): Hold;
};

export type Bookmarks = {
  list(q: {
    cameraIds: readonly CameraId[];
    fromMs: number | null;
    toMs: number | null;
    before: BookmarkId | null;
    limit: number;
  }): { bookmarks: Bookmark[]; more: boolean };
  /** Throws NOT_FOUND. */
  add(draft: BookmarkDraft, caller: Caller): Bookmark;
  /** Throws NOT_FOUND. */
  change(id: BookmarkId, change: BookmarkChange): Bookmark;
  /** Throws NOT_FOUND. */
  remove(id: BookmarkId): void;
};
