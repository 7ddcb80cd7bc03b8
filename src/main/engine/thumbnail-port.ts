/** Small pictures for scrubbing: kept (adapters/sqlite), made (workers/thumbs), given to the transports. Types only. */
import type { CameraId } from '#domain/id.ts';
import type { ThumbnailLevel } from '#domain/thumbnail.ts';
import type { SmallPictures, ThumbsAsk } from '#workers/thumbs/port.ts';

/** Small pictures by camera and moment. All can be made again from the video. */
export type ThumbnailStore = {
  /** Keeps a JPEG of `thumbnailSize`; nothing where the slot has one already. */
  put(cameraId: CameraId, atMs: number, jpeg: Uint8Array): void;
  /** Keeps those of one segment at once. */
  putAll(cameraId: CameraId, pictures: readonly { atMs: number; jpeg: Uint8Array }[]): void;
  /** The nearest one, at most `withinMs` away. */
  near(cameraId: CameraId, atMs: number, withinMs: number): { atMs: number; jpeg: Uint8Array } | null;
  /** Moment of the first one in [fromMs, toMs). */
  firstIn(cameraId: CameraId, fromMs: number, toMs: number): number | null;
  newestMs(cameraId: CameraId): number | null;
  oldest(): { cameraId: CameraId; atMs: number }[];
  totals(): { counts: Record<ThumbnailLevel, number>; bytes: number };
  /** The oldest of one level. */
  removeOldest(level: ThumbnailLevel, count: number): void;
  /** All whose slot touches [fromMs, toMs). */
  remove(cameraId: CameraId, fromMs: number, toMs: number): void;
  removeCamera(cameraId: CameraId): void;
  /** Gives some of the room of removed ones back to the disk. */
  giveBack(): void;
  close(): void;
};

/** Makes the small pictures of a segment on threads of their own (workers/thumbs), and so that a volume that hangs holds up no other. */
export type SegmentPictures = {
  /** None where the file is gone, damaged or locked. Rejects with UNAVAILABLE, and with the system's words where the disk fails. */
  make(ask: ThumbsAsk): Promise<SmallPictures>;
};

/** What the transports need of thumbnails. */
export type ThumbnailDoor = {
  /**
   * The thumbnail nearest to a moment, at most `withinMs` away. Where none is kept it is made from the recording now, if that can
   * be done. null: nothing was recorded there. Throws NOT_FOUND, UNAVAILABLE (too many at once, no ffmpeg).
   */
  picture(id: CameraId, atMs: number, withinMs: number): Promise<{ atMs: number; jpeg: Uint8Array } | null>;
};
