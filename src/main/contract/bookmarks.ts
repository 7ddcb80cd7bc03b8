/** Moments that people marked. */
import { z } from 'zod';
import { Bookmark, BookmarkChange, BookmarkDraft } from '../domain/bookmark.ts';
import { BookmarkId, CameraId } from '../domain/id.ts';
import { TimeMs } from '../domain/time.ts';
import { many, none, num, operator, viewer } from './base.ts';

export const bookmarks = {
  /** Latest moment first; `before` is the id after which the last page ended. */
  list: viewer
    .route({ method: 'GET', path: '/bookmarks', summary: 'Bookmarks, latest moment first' })
    .input(
      z.object({
        cameraId: many(CameraId).optional(),
        fromMs: num(TimeMs.optional()),
        toMs: num(TimeMs.optional()),
        before: BookmarkId.optional(),
        limit: num(z.number().int().min(1).max(1000).default(200)),
      }),
    )
    .output(z.object({ bookmarks: z.array(Bookmark), more: z.boolean() })),
  add: operator
    .route({ method: 'POST', path: '/bookmarks', summary: 'Mark a moment', successStatus: 201 })
    .input(BookmarkDraft)
    .output(Bookmark),
  change: operator
    .route({ method: 'PATCH', path: '/bookmarks/{id}' })
    .input(z.object({ id: BookmarkId, change: BookmarkChange }))
    .output(Bookmark),
  remove: operator
    .route({ method: 'DELETE', path: '/bookmarks/{id}' })
    .input(z.object({ id: BookmarkId }))
    .output(none),
};
