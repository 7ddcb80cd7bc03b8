/**
 * `WS /api/stream`: live pictures. Text messages are JSON of the two unions below; binary messages are frames of
 * `live-frame.ts`. A socket carries many streams; frames name theirs by `live`, the number given in `watching`.
 */
import { z } from 'zod';
import { CameraId } from '../domain/id.ts';
import { StreamKind } from '../domain/stream.ts';

/** Client to station. */
export const LiveRequest = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('watch'),
    /** The client's own number for this request; the answer repeats it. 1 … 65535, unique among its open ones. */
    ref: z.number().int().min(1).max(65_535),
    cameraId: CameraId,
    stream: StreamKind,
    /** Codecs (as in `VideoTrack.codec`) that this client can decode; anything else is transcoded to H.264 for it. */
    decodes: z.array(z.enum(['h264', 'h265', 'mjpeg'])).min(1),
    audio: z.boolean().default(false),
  }),
  z.object({ op: z.literal('unwatch'), ref: z.number().int() }),
  /** The client's decoder is behind: send key frames only until told otherwise. */
  z.object({ op: z.literal('pace'), ref: z.number().int(), keysOnly: z.boolean() }),
]);
export type LiveRequest = z.infer<typeof LiveRequest>;

/** Station to client. */
export const LiveNotice = z.discriminatedUnion('op', [
  /** Comes again, with another number, when it turns out that the stream must be transcoded for this client. */
  z.object({
    op: z.literal('watching'),
    ref: z.number().int(),
    /** Number that frames of this stream carry on this socket. */
    live: z.number().int(),
    transcoded: z.boolean(),
    /** Its private parts are black in it: this viewer may not have it whole. */
    blackened: z.boolean().default(false),
  }),
  z.object({
    op: z.literal('ended'),
    ref: z.number().int(),
    reason: z.enum([
      'no-such-camera',
      'no-such-stream',
      'forbidden',
      'cannot-transcode',
      'private',
      'removed',
      'too-many',
    ]),
  }),
  /** The station sends this viewer key frames only (its line is slow), or all again. */
  z.object({ op: z.literal('dropping'), ref: z.number().int(), keysOnly: z.boolean() }),
]);
export type LiveNotice = z.infer<typeof LiveNotice>;
