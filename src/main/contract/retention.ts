/** How long video is kept, what was deleted and why, deleting by hand. */
import { z } from 'zod';
import { ArchiveNumber } from '../domain/archive.ts';
import { Deletion } from '../domain/deletion.ts';
import { CameraId } from '../domain/id.ts';
import { CameraRetention, DeletionReason, RetentionConflict, StationRetention } from '../domain/retention.ts';
import { StreamKind } from '../domain/stream.ts';
import { TimeMs } from '../domain/time.ts';
import { administrator, many, none, num, viewer } from './base.ts';

const bytes = z.number().int().min(0);

/** What one stream has, and what it comes to. */
export const KeptStream = z.object({
  cameraId: CameraId,
  stream: StreamKind,
  segments: z.number().int().min(0),
  bytes,
  /** Its oldest recording; null: it has none. */
  oldestMs: TimeMs.nullable(),
  /** Archives that have some of it, also what is on a disk too: the oldest there. */
  archives: z.array(z.object({ archive: ArchiveNumber, oldestMs: TimeMs })),
  conflicts: z.array(RetentionConflict),
});

export const RetentionState = z.object({
  station: StationRetention,
  /** Cameras of which something else is said. */
  cameras: z.array(z.object({ cameraId: CameraId, retention: CameraRetention })),
  streams: z.array(KeptStream),
  volumes: z.array(
    z.object({
      volume: z.number().int(),
      path: z.string(),
      totalBytes: bytes,
      freeBytes: bytes,
      /** What is kept free. */
      targetBytes: bytes,
      writeBytesPerSecond: bytes,
      /** What is missing from the target and cannot be given: minima and holds have all the rest. */
      lackingBytes: bytes,
      /** Minima are broken so that the disk does not become full. */
      emergency: z.boolean(),
    }),
  ),
  /** The clock is far ahead of what it was: until when nothing is deleted for its age, null: it is believed. */
  clockDoubtedUntilMs: TimeMs.nullable(),
  /** Deletions by hand that are not carried out to the end. */
  erasing: z.number().int().min(0),
  /** Recordings that cannot be deleted although others can, and what the system said of the last; null: none. */
  refused: z.object({ count: z.number().int().min(1), why: z.string() }).nullable(),
  /** Why deleting does not go on at the moment; null: it does. */
  trouble: z.string().nullable(),
});

export const retention = {
  state: viewer
    .route({ method: 'GET', path: '/retention', summary: 'How long video is kept, and what it comes to' })
    .input(none)
    .output(RetentionState),
  setStation: administrator
    .route({ method: 'PUT', path: '/retention', summary: 'Say how long video is kept' })
    .input(StationRetention)
    .output(none),
  setCamera: administrator
    .route({ method: 'PUT', path: '/cameras/{id}/retention', summary: 'Say how long the video of one camera is kept' })
    .input(z.object({ id: CameraId, retention: CameraRetention }))
    .output(none),
  /** The camera is like the station again. */
  unsetCamera: administrator
    .route({ method: 'DELETE', path: '/cameras/{id}/retention' })
    .input(z.object({ id: CameraId }))
    .output(none),
  /** Newest first; `before` is the id after which the last page ended. As CSV: `/api/retention/deletions.csv`. */
  deletions: viewer
    .route({ method: 'GET', path: '/retention/deletions', summary: 'What was deleted, when and why' })
    .input(
      z.object({
        cameraId: many(CameraId).optional(),
        reason: many(DeletionReason).optional(),
        /** Deleted in [fromMs, toMs). */
        fromMs: num(TimeMs.optional()),
        toMs: num(TimeMs.optional()),
        before: num(z.number().int().min(1).optional()),
        limit: num(z.number().int().min(1).max(1000).default(200)),
      }),
    )
    .output(z.object({ deletions: z.array(Deletion), more: z.boolean() })),
  /**
   * Deletes by hand. Whole recordings go, also those that only touch the span (a minute each). Refused where a hold touches it. It
   * goes on behind; `retention.state` says when it is done.
   */
  erase: administrator
    .route({
      method: 'POST',
      path: '/retention/deletions',
      summary: 'Delete footage of a span by hand',
      successStatus: 202,
    })
    .input(
      z.object({
        cameraId: z.array(CameraId).min(1).max(256),
        /** null: all streams. */
        stream: StreamKind.nullable().default(null),
        fromMs: TimeMs,
        toMs: TimeMs,
        reason: z.string().trim().min(1).max(500),
      }),
    )
    .output(none),
};
