import { z } from 'zod';
import { MetadataNow } from './camera-objects.ts';
import { EventKind } from './event.ts';
import { CameraId } from './id.ts';
import { StreamKind, type StreamStatus } from './stream.ts';
import { TimeMs } from './time.ts';

/** One camera is silent for a while, because a person said so: it is cleaned, moved, repaired. It goes on recording. */
export const Maintenance = z.object({
  reason: z.string().trim().min(1).max(200),
  /** Name of the user. */
  by: z.string().max(64),
  sinceMs: TimeMs,
  /** It ends by itself then. */
  untilMs: TimeMs,
});
export type Maintenance = z.infer<typeof Maintenance>;
/** Longest maintenance, ms: what is silent for longer is forgotten. */
export const longestMaintenanceMs = 7 * 86_400_000;

/** What a stream is in, and what a person has said of the camera. */
export const HealthState = z.enum([
  'connecting',
  'live',
  'degraded',
  'lost',
  'refused',
  'unsupported',
  'disabled',
  'maintenance',
]);
export type HealthState = z.infer<typeof HealthState>;

/**
 * Whether its pictures are judged: watching · waiting: for the first picture · slow: less often than it should be, the PC is
 * busy · no-picture: none comes · undecodable: ffmpeg cannot decode it · no-ffmpeg · maintenance · off: a person said so.
 */
export const PictureWatching = z.enum([
  'watching',
  'waiting',
  'slow',
  'no-picture',
  'undecodable',
  'no-ffmpeg',
  'maintenance',
  'off',
]);
export type PictureWatching = z.infer<typeof PictureWatching>;

/** How a camera does, besides what `CameraView` says of its streams and its device. */
export const CameraHealth = z.object({
  id: CameraId,
  state: HealthState,
  /** Since when; null where that is not known. */
  sinceMs: TimeMs.nullable(),
  /** What goes on and should not, oldest first. */
  alarms: z.array(z.object({ kind: EventKind, fromMs: TimeMs })).max(32),
  /** Its newest event since the station started. */
  lastEvent: z.object({ kind: EventKind, atMs: TimeMs }).nullable(),
  /**
   * Whether what happens at it is heard, and which way: by a subscription to its device, or in the metadata beside its pictures.
   * `trouble` is the subscription's. null: neither (no device, no events, disabled).
   */
  events: z
    .object({
      up: z.boolean(),
      way: z.enum(['pull-point', 'metadata']),
      trouble: z.string().max(40).nullable(),
      sinceMs: TimeMs,
    })
    .nullable(),
  /** The metadata beside its pictures; null: not known now. */
  metadata: MetadataNow.nullable(),
  picture: z.object({
    /** A person wants it judged. */
    on: z.boolean(),
    state: PictureWatching,
    stream: StreamKind.nullable(),
    /** When one was judged last, and how far the last two were apart. */
    lastMs: TimeMs.nullable(),
    everyMs: z.number().min(0).nullable(),
  }),
  /** What is usual for a stream (median of an hour), null while too little is known; share of packets lost lately. */
  usual: z.array(
    z.object({
      kind: StreamKind,
      bitsPerSecond: z.number().min(0).nullable(),
      fps: z.number().min(0).nullable(),
      loss: z.number().min(0).max(1).nullable(),
    }),
  ),
  maintenance: Maintenance.nullable(),
});
export type CameraHealth = z.infer<typeof CameraHealth>;

/** One word for a camera: what a person said, then what its main stream is in, then whether anything else is wrong. */
export function healthState(of: {
  enabled: boolean;
  maintenance: boolean;
  main: Pick<StreamStatus, 'state'>;
  sub: Pick<StreamStatus, 'state' | 'trouble'> | null;
  alarms: number;
}): HealthState {
  if (!of.enabled) return 'disabled';
  if (of.maintenance) return 'maintenance';
  if (of.main.state !== 'live') return of.main.state;
  const subWrong = of.sub !== null && (of.sub.trouble !== null || of.sub.state === 'degraded');
  return subWrong || of.alarms > 0 ? 'degraded' : 'live';
}
