/**
 * The whole public face of the footage worker: key pictures of recordings are given to it, and come back as pictures for a detector, black
 * where nobody is to look.
 */
import type { Measured } from '#domain/decide/measure-colours.ts';
import type { Box, Polygon } from '#domain/place.ts';
import type { LogFields } from '#lib/log.ts';
import type { VideoTrack } from '#media/format.ts';
import type { I420 } from '#media/i420.ts';

/** Given once, as workerData. */
export type FootageSetup = {
  /** What decodes. */
  ffmpeg: { path: string; version: string };
};

/** Engine to worker. Questions are answered in their order. */
export type FootageCommand =
  /** A key picture as it is in its file; answered by `picture`. */
  | { op: 'decode'; id: number; track: VideoTrack; key: Uint8Array; privacy: readonly Polygon[] }
  /** A picture that was given as JPEG, this wide at most; answered by `jpeg`. */
  | { op: 'encode'; id: number; picture: I420; width?: number }
  /** Colours of what is in the box; answered by `measured`. */
  | { op: 'measure'; id: number; picture: I420; box: Box; of: Measured['of'] }
  /** Ends its decoder and the thread by itself. */
  | { op: 'stop' };

/** Worker to engine. */
export type FootageReport =
  | { op: 'ready' }
  /** Its data is shared memory. null: none came of it; `message` says why. */
  | { op: 'picture'; id: number; picture: I420 | null; message: string }
  | { op: 'jpeg'; id: number; jpeg: Uint8Array<ArrayBuffer> | null }
  | { op: 'measured'; id: number; measured: Measured }
  | { op: 'log'; level: 'warn' | 'error'; text: string; fields?: LogFields }
  /** Every 10 s: what the thread itself costs, without its decoder. */
  | { op: 'usage'; cpuSeconds: number };
