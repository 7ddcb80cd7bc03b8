/** Live pictures between ingest, the live hub and the transports. Types only. */
import type { CameraId, StreamId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { Caller } from '#contract/call.ts';
import type { LiveNotice, LiveRequest } from '#contract/live.ts';
import type { VideoTrack } from '#media/format.ts';

/** Units of a stream as encoded live frames; one sink per stream. Made by the ingest side, used by the live hub. */
export type LiveSource = {
  /** First the format and the cached group of pictures, then all as they come. Returns the stop. */
  watch(streamId: StreamId, sink: (frame: ArrayBuffer) => void): () => void;
};

/** One viewer's socket as the live hub sees it. */
export type Viewer = {
  notice(notice: LiveNotice): void;
  /** Sends one binary frame. */
  frame(frame: ArrayBuffer): void;
  /** Bytes handed over and not yet on the wire. */
  pendingBytes(): number;
};

/** What the transports need of live pictures. */
export type LiveDoor = {
  connect(viewer: Viewer, caller: Caller): { request(request: LiveRequest): void; close(): void };
  /** The newest key frame of a stream and how to decode it; null if there is none within 5 s. */
  keyFrame(cameraId: CameraId, kind: StreamKind): Promise<{ track: VideoTrack; data: Uint8Array; atMs: number } | null>;
  viewers(): number;
};
