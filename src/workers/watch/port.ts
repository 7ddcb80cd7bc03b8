/**
 * The whole public face of the watch worker: pictures of streams come to it straight from the ingest workers (`ShownMessage`),
 * and it says what changed in them, whether they can be trusted, and gives those that a detector should see.
 */
import type { MessagePort } from 'node:worker_threads';
import type { MotionOutput } from '#domain/decide/motion-event.ts';
import type { PictureOutput } from '#domain/decide/picture-watch.ts';
import type { StreamId } from '#domain/id.ts';
import type { Box, Polygon } from '#domain/place.ts';
import type { MotionLook } from '#domain/watching.ts';
import type { LogFields } from '#lib/log.ts';
import type { I420 } from '#media/i420.ts';

/** Given once, as workerData. */
export type WatchSetup = {
  /** What decodes. */
  ffmpeg: { path: string; version: string };
};

/** What is wanted of one stream. */
export type WatchOrder = {
  streamId: StreamId;
  /** For logs: camera name and kind. */
  label: string;
  /** `shownSlot`, the same that its ingest worker has. */
  slot: SharedArrayBuffer;
  /** What counts as motion; `mask`: one byte a cell of the gate's grid, 1 where it matters. null: nobody wants to know. */
  gate: { sensitivity: number; minArea: number; minMotionMs: number; mask: Uint8Array } | null;
  /** Black before anything looks at it, and in pictures that are given. */
  privacy: Polygon[];
  /** Whether pictures are judged (frozen, dark, covered, moved). */
  judge: boolean;
  /** Whether pictures are given for a detector (`wantsDetector`), and the share of them that the PC manages, 0 … 1. */
  natives: boolean;
  /** Its pictures are kept, the newest, and nothing looks at them until one is asked for by `picture`. */
  detail: boolean;
  share: number;
};

/** Engine to worker. */
export type WatchCommand =
  /** One more ingest worker gives pictures; transferred. */
  | { op: 'source'; port: MessagePort }
  /** Watches a stream, or watches it otherwise: what was learned of its scene stays. */
  | { op: 'watch'; order: WatchOrder }
  /** Forgets it. */
  | { op: 'unwatch'; streamId: StreamId }
  /** It was turned on purpose: its scene is learned anew. */
  | { op: 'anew'; streamId: StreamId }
  /** Whether something is followed there: pictures are given for a detector also while nothing moves. */
  | { op: 'eager'; streamId: StreamId; on: boolean }
  /** Its newest picture as JPEG; answered by `jpeg`. */
  | { op: 'still'; id: number; streamId: StreamId }
  /** A picture that was given as JPEG, this wide at most; answered by `jpeg`. */
  | { op: 'encode'; id: number; picture: I420; width?: number }
  /** Its newest picture in its own size; answered by `picture`. */
  | { op: 'picture'; id: number; streamId: StreamId }
  /** Ends its decoders and the thread by itself. */
  | { op: 'stop' };

/** Worker to engine. Times are station time, ms. */
export type WatchReport =
  | { op: 'ready' }
  | {
      op: 'looked';
      streamId: StreamId;
      /** Its time as it is recorded under, and when it came. */
      atMs: number;
      arrivedMs: number;
      /** null: nobody wants to know. */
      motion: MotionLook | null;
      /** Motion that began or ended as an event. */
      events: MotionOutput[];
      /** It came on top, for the gate alone. */
      second: boolean;
      /** A `frame` of it follows, unless it cannot be decoded or something newer comes. */
      asks: boolean;
      /** What began or ended to be wrong with the picture; null: it was not judged this time. */
      judged: PictureOutput[] | null;
      /** Left out before this one since the stream is watched: not taken in time, or something newer came. */
      dropped: number;
    }
  /** For a detector; its data is shared memory. `regions`: where something moved, empty where it did not. */
  | { op: 'frame'; streamId: StreamId; atMs: number; arrivedMs: number; regions: Box[]; picture: I420 }
  /** A key frame gave no picture; it was the `inRow`th. */
  | { op: 'failed'; streamId: StreamId; inRow: number; message: string }
  /** null: there is no picture, or none could be made. */
  | { op: 'jpeg'; id: number; jpeg: { data: Uint8Array<ArrayBuffer>; atMs: number } | null }
  /** null: there is none, or it cannot be decoded. */
  | { op: 'picture'; id: number; shown: { atMs: number; picture: I420 } | null }
  | { op: 'log'; level: 'warn' | 'error'; text: string; fields?: LogFields }
  /** Every 10 s: what the thread itself costs, without its decoders. */
  | { op: 'usage'; cpuSeconds: number };
