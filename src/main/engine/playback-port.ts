/** What the transports need of recorded video. Types only. */
import type { CameraId } from '#domain/id.ts';
import type { Segment } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { SegmentContent, SegmentReader } from './segment-file-port.ts';

export type PlaybackDoor = {
  /** A segment's file and how much of it may be read now; null if there is none. `open` as in `SegmentFiles`. */
  file(
    cameraId: CameraId,
    kind: StreamKind,
    startMs: number,
  ): Promise<{ open: () => Promise<SegmentReader | null>; bytes: number; sealed: boolean } | null>;
  /** What to read to show a camera's moment; null where none of the streams has video. Rejects as `fragments` does. */
  moment(ask: {
    cameraId: CameraId;
    streams: readonly StreamKind[];
    atMs: number;
    what: 'key' | 'run';
    /** Where more than one clock recorded it: prefer what was recorded after this seam. */
    clock?: number | null | undefined;
  }): Promise<MomentPlace | null>;
};

/** Fragments [first, first + count) of a segment hold the moment. */
export type MomentPlace = {
  open: () => Promise<SegmentReader | null>;
  stream: StreamKind;
  segment: Segment;
  fragments: SegmentContent['fragments'];
  first: number;
  count: number;
};
