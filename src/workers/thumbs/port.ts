/** The whole public face of the thumbs worker: the small pictures of a segment, made in one go on a thread of the lowest priority. */
import type { KeyObject } from 'node:crypto';
import type { LogFields } from '#lib/log.ts';

/** Given once, as workerData: path of an ffmpeg. */
export type ThumbsSetup = { ffmpeg: string };

/** One segment's pictures. */
export type ThumbsAsk = {
  /** Each has a thread of its own, so that one that hangs holds up nothing but itself. */
  volume: number;
  /** Absolute path of the file, and when it starts (UTC ms). */
  path: string;
  startMs: number;
  /** Of each the picture of the key frame nearest to it is wanted, UTC ms, oldest first. */
  moments: number[];
  /** What may open it; forgotten with the answer. */
  keys: { id: string; key: KeyObject }[];
};

export type SmallPictures = {
  /** JPEG of `thumbnailSize`; none twice, none further from its moment than `thumbnailSlotMs`. */
  pictures: { atMs: number; jpeg: Uint8Array<ArrayBuffer> }[];
  /** Why some could not be made; null: nothing went wrong. */
  trouble: string | null;
};

/** Engine to worker. What is asked is done one after the other. */
export type ThumbsCommand =
  | { op: 'ask'; id: number; ask: ThumbsAsk }
  /** Ends what is going on at its next picture, and the thread by itself. */
  | { op: 'stop' };

/** Worker to engine. */
export type ThumbsReport =
  /** One more picture was made or failed. */
  | { op: 'alive' }
  | { op: 'answer'; id: number; value: SmallPictures }
  | { op: 'failed'; id: number; message: string }
  | { op: 'log'; level: 'warn' | 'error'; text: string; fields?: LogFields };
