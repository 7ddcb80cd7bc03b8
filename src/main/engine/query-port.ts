/** What is asked of the index from the query worker, in the engine's own words. Types only. */
import type { ColourName } from '#domain/colour.ts';
import type { ClockSeam } from '#domain/clock-seam.ts';
import type { Account } from '#domain/decide/prove-coverage.ts';
import type { RecordedHour } from '#domain/decide/recorded-rate.ts';
import type { Event, EventKind } from '#domain/event.ts';
import type { Gap } from '#domain/gap.ts';
import type { CameraId, EventId, LineId, StationId, StreamId, ZoneId } from '#domain/id.ts';
import type { MotionHit, MotionSearch } from '#domain/motion-index.ts';
import type { ObjectClass } from '#domain/object-class.ts';
import type { Segment } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';

/** A segment, and on which volume its file lies. */
export type PlacedSegment = Segment & { volume: number };

export type CoverageQuery = { streamIds: StreamId[]; fromMs: number; toMs: number; grainMs: number };
/** What the index knows of one stream's time over a span; what is open ends with the span. */
export type StreamAccount = Account & {
  cameraId: CameraId;
  number: number;
  name: string;
  removed: boolean;
  stream: StreamKind;
};
export type Queries = {
  /** Streams that should have been recorded in a span, present cameras first; `cameraIds` null: of all cameras. */
  accounts(q: { cameraIds: CameraId[] | null; fromMs: number; toMs: number }): Promise<StreamAccount[]>;
  /** What a stream recorded in each hour that has something of the span, in no order, and where its oldest recording starts. */
  recordedHours(q: {
    streamId: StreamId;
    fromMs: number;
    toMs: number;
  }): Promise<{ firstMs: number | null; hours: RecordedHour[] }>;
  coverage(q: CoverageQuery): Promise<
    {
      streamId: StreamId;
      spans: [number, number][];
      gaps: Gap[];
      /** What of the spans was fetched from the camera's card. */
      backFilled: [number, number][];
      /** What of the spans is at an archive only. */
      archived: [number, number][];
    }[]
  >;
  /** The station's newest seams, and what of a span more than one clock recorded, by stream, with the runs that did, best first. */
  clocks(q: { streamIds: StreamId[]; fromMs: number; toMs: number; nowMs: number }): Promise<{
    seams: ClockSeam[];
    twice: { streamId: StreamId; fromMs: number; toMs: number; runs: number[] }[];
  }>;
  ticks(q: {
    cameraIds: CameraId[] | null;
    fromMs: number;
    toMs: number;
    grainMs: number;
    limit: number;
  }): Promise<{ kind: EventKind; cameraId: CameraId | null; fromMs: number; toMs: number | null; count: number }[]>;
  bounds(streamIds: StreamId[]): Promise<{ firstMs: number | null; lastMs: number | null }>;
  days(streamIds: StreamId[], startsMs: number[]): Promise<boolean[]>;
  /** The segment covering a moment, or else the first that starts within `withinMs` after it. */
  locate(
    streamIds: StreamId[],
    atMs: number,
    withinMs: number,
    /** Where more than one clock recorded it: prefer what was recorded after this seam. */
    clock?: number | null,
  ): Promise<{ streamId: StreamId; segment: PlacedSegment | null }[]>;
  /** Those that are shown (`domain/decide/clock-runs.ts`); `clock` as in `locate`. */
  segments(q: {
    streamId: StreamId;
    fromMs: number;
    toMs: number;
    limit: number;
    clock?: number | null;
  }): Promise<PlacedSegment[]>;
  segment(streamId: StreamId, startMs: number): Promise<PlacedSegment | null>;
  /** Every change in an area of a camera's picture, oldest first; and when it was looked at. */
  motion(
    q: { cameraId: CameraId } & MotionSearch,
  ): Promise<{ hits: MotionHit[]; more: boolean; watched: [number, number][] }>;
  events(q: {
    fromMs: number | null;
    toMs: number | null;
    cameraIds: CameraId[];
    kinds: EventKind[];
    /** What the analysis knows of them; empty and null: does not matter. */
    classes: ObjectClass[];
    zoneIds: ZoneId[];
    lineIds: LineId[];
    /** Of vehicles or clothes, as a closer look measured them. */
    colours: ColourName[];
    /** Part of a plate, of what was said, or of what a closer look showed. */
    text: string | null;
    before: EventId | null;
    limit: number;
  }): Promise<{ events: Event[]; more: boolean }>;
  /** Events of one origin after a running number, oldest first, at most 1000. */
  eventsAfter(origin: StationId, seq: number): Promise<Event[]>;
  stop(): Promise<void>;
};
