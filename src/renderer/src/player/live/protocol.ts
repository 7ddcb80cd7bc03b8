/** What the page and the live worker say to each other. */
import type { LiveNotice } from '#contract/live.ts';
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';

export type VideoCodec = 'h264' | 'h265' | 'mjpeg';

/** What a view shows. */
export type Aim = { cameraId: CameraId; kind: StreamKind; audio: boolean };

export type ToWorker =
  | { op: 'start'; url: string; decodes: VideoCodec[] }
  /** `track`: where pictures go; `canvas`: the other surfaces. */
  | { op: 'view'; view: number; surface: 'track'; writable: WritableStream<VideoFrame> }
  | { op: 'view'; view: number; surface: 'webgl' | 'copy'; canvas: OffscreenCanvas }
  /** Pictures as coded, for Media Source Extensions in the page. */
  | { op: 'view'; view: number; surface: 'coded' }
  | { op: 'aim'; view: number; aim: Aim | null }
  | { op: 'drop'; view: number }
  /** Nobody looks: nothing is watched until somebody does. */
  | { op: 'hidden'; hidden: boolean }
  /** Station's UTC minus this machine's (`timeOrigin + now`), in ms. */
  | { op: 'clock'; offsetMs: number }
  /** The line to the station came back. */
  | { op: 'revive' }
  | { op: 'stop' };

export type EndReason = Extract<LiveNotice, { op: 'ended' }>['reason'];

/** What is known of a view, sent a few times a second. Ages and counts are the worker's own, on its monotonic clock. */
export type Beat = {
  view: number;
  /** ms since the newest picture arrived at the station (cached) or here; null: none yet. */
  ageMs: number | null;
  /** The stream on the screen now; null before the first picture. */
  kind: StreamKind | null;
  codec: string | null;
  width: number;
  height: number;
  /** Pictures drawn per second. */
  fps: number;
  bitsPerSecond: number;
  /** From the camera's last packet at the station to drawn here; null until measured. */
  latencyMs: number | null;
  transcoded: boolean;
  /** Its private parts are black in it, made so by the station. */
  blackened: boolean;
  keysOnly: boolean;
  hasAudio: boolean;
  ended: EndReason | null;
  /** This machine's decoder refuses the stream. */
  cannotDecode: boolean;
};

export type FromWorker =
  | { op: 'beats'; lineUp: boolean; beats: Beat[] }
  | { op: 'sound'; view: number; rate: number; channels: Float32Array<ArrayBuffer>[]; ptsUs: number }
  | { op: 'coded'; view: number; frame: ArrayBuffer }
  /** The station has no session for us (any more). */
  | { op: 'sign-in' };
