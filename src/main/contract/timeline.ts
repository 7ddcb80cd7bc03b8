/** What is recorded over a span of time. */
import { z } from 'zod';
import { ClockSeam } from '#domain/clock-seam.ts';
import { EventKind } from '#domain/event.ts';
import { Gap } from '#domain/gap.ts';
import { CameraId } from '#domain/id.ts';
import { StreamKind } from '#domain/stream.ts';
import { TimeMs } from '#domain/time.ts';
import { many, num, viewer } from './base.ts';

/** Coverage of one camera's stream over the asked span, merged so that nothing shorter than `grainMs` is told apart. */
const CoverageRow = z.object({
  cameraId: CameraId,
  stream: StreamKind,
  /** [fromMs, toMs] pairs, ascending, not touching. */
  spans: z.array(z.tuple([z.number(), z.number()])),
  gaps: z.array(Gap),
  /** What of the spans was not recorded live but fetched later from the camera's own memory card. */
  backFilled: z.array(z.tuple([z.number(), z.number()])),
  /** What of the spans is at an archive only: it takes longer to show. */
  archived: z.array(z.tuple([z.number(), z.number()])),
});

export const timeline = {
  /** Coverage and gaps of cameras over a span of at most 400 days. */
  coverage: viewer
    .route({ method: 'GET', path: '/timeline', summary: 'Coverage, gaps and event ticks over a span' })
    .input(
      z.object({
        fromMs: num(TimeMs),
        toMs: num(TimeMs),
        cameraId: many(CameraId).optional(),
        stream: StreamKind.default('main'),
        /** What one pixel of the screen spans, in ms. */
        grainMs: num(
          z
            .number()
            .min(0)
            .max(86_400_000 * 31)
            .default(0),
        ),
      }),
    )
    .output(
      z.object({
        rows: z.array(CoverageRow),
        /** Events per kind, as [fromMs, toMs or null, count] at the asked grain; at most 2000 in all. */
        ticks: z.array(
          z.object({
            kind: EventKind,
            cameraId: CameraId.nullable(),
            fromMs: TimeMs,
            toMs: TimeMs.nullable(),
            count: z.number(),
          }),
        ),
        /** First and last recorded moment of these cameras, null if there is none. */
        firstMs: TimeMs.nullable(),
        lastMs: TimeMs.nullable(),
        /** Where the station's clock was not continuous: its newest seams, also outside of the span. */
        seams: z.array(ClockSeam),
        /** What more than one clock recorded of a stream; `runs` are seams, the one whose recording is shown first. */
        twice: z.array(z.object({ cameraId: CameraId, fromMs: TimeMs, toMs: TimeMs, runs: z.array(z.number().int()) })),
      }),
    ),
  /** Which of the days starting at the given moments (local midnights, as the client sees them) have footage. */
  days: viewer
    .route({ method: 'POST', path: '/timeline/days' })
    .input(z.object({ startsMs: z.array(TimeMs).min(2).max(64), cameraId: z.array(CameraId).max(256).default([]) }))
    .output(z.object({ covered: z.array(z.boolean()) })),
};
