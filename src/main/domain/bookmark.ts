import { z } from 'zod';
import { BookmarkId, CameraId } from './id.ts';
import { TimeMs } from './time.ts';

/** A moment of one camera that a person marked, to find it again. It holds nothing: what must stay needs a hold. */
export const Bookmark = z.object({
  id: BookmarkId,
  cameraId: CameraId,
  atMs: TimeMs,
  name: z.string().trim().min(1).max(120),
  note: z.string().trim().max(2000).default(''),
  createdMs: TimeMs,
  /** Name of the user. */
  createdBy: z.string().max(64),
});
export type Bookmark = z.infer<typeof Bookmark>;

export const BookmarkDraft = Bookmark.pick({ cameraId: true, atMs: true, name: true, note: true });
export type BookmarkDraft = z.infer<typeof BookmarkDraft>;
export const BookmarkChange = z.object({
  name: Bookmark.shape.name.optional(),
  note: z.string().trim().max(2000).optional(),
  atMs: TimeMs.optional(),
});
export type BookmarkChange = z.infer<typeof BookmarkChange>;
