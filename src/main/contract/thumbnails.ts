/** Small pictures of what was recorded: searching a span by eye. The pictures themselves: `/media/thumbnails`. */
import { z } from 'zod';
import { CameraId } from '../domain/id.ts';
import { PictureCell, ThumbnailStatus, thumbnailBytes } from '../domain/thumbnail.ts';
import { TimeMs } from '../domain/time.ts';
import { administrator, none, num, viewer } from './base.ts';

export const thumbnails = {
  /** The span in equal parts (fewer than asked for where they would be shorter than 10 s), each with a moment to show. */
  grid: viewer
    .route({ method: 'GET', path: '/cameras/{id}/thumbnails', summary: 'A span as a grid of moments' })
    .input(
      z.object({
        id: CameraId,
        fromMs: num(TimeMs),
        toMs: num(TimeMs),
        count: num(z.number().int().min(1).max(64).default(24)),
      }),
    )
    .output(z.array(PictureCell)),
  status: viewer
    .route({ method: 'GET', path: '/thumbnails', summary: 'How many small pictures there are, and their room' })
    .input(none)
    .output(ThumbnailStatus),
  /** Bounds the room of all of them; the past gets coarser where it is short. */
  limit: administrator
    .route({ method: 'PUT', path: '/thumbnails' })
    .input(z.object({ maxBytes: z.number().int().min(thumbnailBytes.least).max(thumbnailBytes.most) }))
    .output(ThumbnailStatus),
};
