/** What the page and the playback worker say to each other. */
import type { CameraId } from '#domain/id.ts';
import type { Segment } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { PlayClock } from './clock.ts';
import type { FragmentSpan } from './gop-plan.ts';
import type { Refusal } from './refused-recording.ts';

/** A segment and where its fragments lie. */
export type SegmentIndex = { segment: Segment; fragments: FragmentSpan[] };

/** What there is of a stream at a moment. */
export type Place =
  | { kind: 'segment'; index: SegmentIndex }
  /** Nothing; ends of the neighbouring video, null where there is none. */
  | { kind: 'gap'; prevMs: number | null; nextMs: number | null }
  /** Not on disk yet: newer than what is recorded so far. */
  | { kind: 'edge' };

/** How pictures are chosen: all of them, or key frames only (scrubbing, fast play). */
export type Motion = {
  clock: PlayClock;
  /** What a person asked for; the sign gives the direction also while standing still. */
  rate: number;
  /** A hand is dragging: the nearest key frame is enough, and at once. */
  scrubbing: boolean;
};

export type ToWorker =
  | {
      op: 'open';
      tile: number;
      cameraId: CameraId;
      canvas: OffscreenCanvas;
      prefer: StreamKind;
      width: number;
      height: number;
    }
  | { op: 'size'; tile: number; prefer: StreamKind; width: number; height: number }
  | { op: 'close'; tile: number }
  | { op: 'motion'; motion: Motion }
  /** The run of the station's clock whose recording is shown where there are several; null: the best. */
  | { op: 'take'; run: number | null }
  /** Moment of the picture after (+1) or before (-1) the one shown at a moment. */
  | { op: 'step'; ref: number; cameraId: CameraId; prefer: StreamKind; atMs: number; by: 1 | -1 }
  /** A small key frame near a moment, for previews; a newer request for the same `slot` replaces it. */
  | { op: 'thumb'; ref: number; slot: string; cameraId: CameraId; atMs: number; width: number }
  | { op: 'snapshot'; ref: number; tile: number }
  | { op: 'placed'; ref: number; place: Place }
  | { op: 'place-failed'; ref: number; message: string };

/** Why a tile shows no picture for the moment. */
export type TileState =
  /** Pictures are shown; `lag` says by how much they are older than the moment asked for, in ms. */
  | {
      kind: 'showing';
      shownMs: number;
      stream: StreamKind;
      codec: string;
      width: number;
      height: number;
      /** It was fetched from an archive. */
      archived: boolean;
    }
  /** `archived`: from an archive, which takes longer. */
  | { kind: 'loading'; archived?: true }
  | { kind: 'gap'; prevMs: number | null; nextMs: number | null }
  | { kind: 'edge' }
  /** The codec cannot be decoded here, and there is no other recording of this camera at this moment. */
  | { kind: 'unsupported'; codec: string }
  | { kind: 'failed'; reason: Refusal | null };

export type FromWorker =
  | { op: 'state'; tile: number; state: TileState }
  | { op: 'place'; ref: number; cameraId: CameraId; stream: StreamKind; atMs: number }
  /** `picture` null: nothing is shown. */
  | { op: 'snapped'; ref: number; picture: ImageBitmap | null; atMs: number }
  | { op: 'stepped'; ref: number; atMs: number | null }
  | {
      op: 'thumbed';
      ref: number;
      picture: ImageBitmap | null;
      atMs: number;
      outcome: 'ok' | 'none' | 'replaced' | 'unsupported';
    };
