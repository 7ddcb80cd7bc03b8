/** Reading recorded video: segments and their fragments. */
import { z } from 'zod';
import { CameraId } from '#domain/id.ts';
import { Segment } from '#domain/segment.ts';
import { StreamKind } from '#domain/stream.ts';
import { TimeMs } from '#domain/time.ts';
import { num, viewer } from './base.ts';

/** Bytes of one fragment: [offset, bytes, fromMs, durationMs, startsWithKey]. */
const FragmentRow = z.tuple([z.number(), z.number(), z.number(), z.number(), z.boolean()]);

export const playback = {
  /** Segments that touch a span, oldest first; of those that more than one clock recorded, the ones that are shown. */
  segments: viewer
    .route({ method: 'GET', path: '/cameras/{id}/segments' })
    .input(
      z.object({
        id: CameraId,
        stream: StreamKind,
        fromMs: num(TimeMs),
        toMs: num(TimeMs),
        limit: num(z.number().int().min(1).max(1000).default(200)),
        /** Where more than one clock recorded the same time: prefer what was recorded after this seam (0: before any). */
        clock: num(z.number().int().min(0).optional()),
      }),
    )
    .output(z.array(Segment)),
  /** The fragments of one segment, for reading it by byte range from `/media/segments/{id}/{stream}/{startMs}.mp4`. */
  fragments: viewer
    .route({ method: 'GET', path: '/cameras/{id}/segments/{startMs}/fragments' })
    .input(z.object({ id: CameraId, stream: StreamKind, startMs: num(TimeMs) }))
    .output(z.object({ segment: Segment, fragments: z.array(FragmentRow) })),
};
