import { z } from 'zod';
import { RecordingPlan, recordAlways } from './recording-plan.ts';
import { TimeMs } from './time.ts';

/** What a stream is for: `main` is the full picture, `sub` the small one for walls and analysis. */
export const StreamKind = z.enum(['main', 'sub']);
export type StreamKind = z.infer<typeof StreamKind>;

/** How RTP reaches us. `auto` tries TCP interleaved first, then UDP where the camera refuses it. */
export const Transport = z.enum(['auto', 'tcp', 'udp']);
export type Transport = z.infer<typeof Transport>;

/** rtsp:// or rtsps:// without user and password: those are kept apart, encrypted. */
export const StreamUrl = z
  .string()
  .trim()
  .max(2048)
  .regex(/^rtsps?:\/\//i, 'an RTSP address starts with rtsp:// or rtsps://')
  .refine((u) => !/^rtsps?:\/\/[^/?#]*@/i.test(u), 'give user and password in their own fields, not in the address')
  .refine(
    (u) => /^rtsps?:\/\/(\[[0-9a-f:.%]+\]|[^\s/?#:[\]]+)(:\d{1,5})?([/?][^\s]*)?$/i.test(u),
    'not a usable address',
  );
export type StreamUrl = z.infer<typeof StreamUrl>;

/**
 * An address as those may see it who need not know the camera's password: some makers want it inside the path or the query
 * (`/user=…&password=…`, `/user=…_password=…`).
 */
export const shownUrl = (url: StreamUrl): StreamUrl =>
  url.replace(/(?<![a-z])(password|passwd|pass|pwd)([=:])[^\s&/?#_]*/gi, '$1$2***');

/** What a camera is asked for on one stream. */
export const StreamSettings = z.object({
  url: StreamUrl,
  transport: Transport.default('auto'),
  /** When it is recorded. */
  plan: RecordingPlan.default(recordAlways),
});
export type StreamSettings = z.infer<typeof StreamSettings>;

/**
 * connecting: first attempt under way · live: pictures arrive · degraded: pictures arrive but loss, rate or key frames are
 * off · lost: none, retrying · refused: the camera refuses user or password · unsupported: neither the client nor ffmpeg can
 * take this stream · disabled: not asked for.
 */
export const StreamState = z.enum(['connecting', 'live', 'degraded', 'lost', 'refused', 'unsupported', 'disabled']);
export type StreamState = z.infer<typeof StreamState>;

/** Why a stream is not live; closed, the screen has words for each. */
export const StreamTrouble = z.enum([
  'unreachable', // no TCP connection: address, port, cable
  'timeout', // connected, no answer in time
  'credentials-missing',
  'credentials-refused',
  'not-found', // the camera has no such path (404, 454)
  'not-rtsp', // something else answers there
  'tls', // certificate or handshake
  'no-video', // the description has no video that can be taken
  'codec', // a codec that cannot be recorded
  'no-data', // connected, no picture for 5 s
  'closed', // the camera ended the connection
  'protocol', // answers that make no sense
  'busy', // 453, 503: too many clients
  'disk', // pictures arrive, the disk takes none
  'disk-slow', // pictures arrive, the disk does not keep up and some are not recorded
  'worker', // our own worker stopped; it is being restarted
]);
export type StreamTrouble = z.infer<typeof StreamTrouble>;

/** One coded track of a segment or live picture. `codec` is an RFC 6381 string. */
export const VideoFormat = z.object({
  codec: z.string().max(64),
  width: z.number().int().min(1).max(16384),
  height: z.number().int().min(1).max(16384),
});
export type VideoFormat = z.infer<typeof VideoFormat>;
export const AudioFormat = z.object({
  codec: z.string().max(64),
  sampleRate: z.number().int().min(1).max(384_000),
  channels: z.number().int().min(1).max(8),
});
export type AudioFormat = z.infer<typeof AudioFormat>;

/** What is known of a stream now; pushed about once a second while it changes. */
export const StreamStatus = z.object({
  kind: StreamKind,
  state: StreamState,
  /** When this state began. */
  sinceMs: TimeMs,
  trouble: StreamTrouble.nullable(),
  /** One plain sentence for the expert (never a secret); null when all is well. */
  detail: z.string().max(500).nullable(),
  /** Who takes the stream: our own client, or ffmpeg where that cannot. */
  via: z.enum(['native', 'ffmpeg']),
  /** Transport in use. */
  transport: z.enum(['tcp', 'udp', 'tls']).nullable(),
  /** It is being written to disk. */
  recording: z.boolean(),
  /**
   * What is held ready for a trigger while nothing is written: how far back, and whether less than was asked for because
   * memory is short; null while all is written, or nothing is to be recorded.
   */
  preRoll: z.object({ heldMs: z.number().min(0), short: z.boolean() }).nullable(),
  video: VideoFormat.nullable(),
  audio: AudioFormat.nullable(),
  /** Frames per second and bits per second over the last few seconds. */
  fps: z.number().min(0),
  bitsPerSecond: z.number().min(0),
  /** Distance of the last two key frames. */
  keyIntervalMs: z.number().min(0).nullable(),
  /** RTP packets lost since the stream was started. */
  packetsLost: z.number().int().min(0),
  /** Interarrival jitter (RFC 3550 §6.4.1), ms; null where it cannot be measured: TCP hands over in its own time. */
  jitterMs: z.number().min(0).nullable(),
  reconnects: z.number().int().min(0),
  /** Station time of the newest whole picture; null before the first. */
  lastFrameMs: TimeMs.nullable(),
  /** Camera clock minus station clock, from RTCP sender reports; null when the camera sends none. */
  clockOffsetMs: z.number().nullable(),
});
export type StreamStatus = z.infer<typeof StreamStatus>;
