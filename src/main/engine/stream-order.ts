/** What the ingest is told to record of a stream, and who tells it. Types only. */
import type { StreamKind } from '#domain/stream.ts';
import type { CameraRecord } from './index-port.ts';

export type StreamOrder = {
  wanted: boolean;
  /** The last seconds are held ready while nothing is wanted. */
  armed: boolean;
  audio: boolean;
  preRollMs: number;
  /** While it is wanted: since when, the seconds before its trigger included. */
  fromMs: number;
};

export type StreamOrders = {
  /** What holds for a stream from now on; decided anew. */
  order(camera: CameraRecord, kind: StreamKind): StreamOrder;
  /** The spans in which a stream was to be recorded continuously, as far as its plan of now tells. */
  continuous(camera: CameraRecord, kind: StreamKind, fromMs: number, toMs: number): { fromMs: number; toMs: number }[];
};
