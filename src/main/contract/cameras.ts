/** Cameras: list, add, change, try, follow. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { Camera, CameraChange, CameraDraft, CameraView } from '#domain/camera.ts';
import { CertificatePin, DeviceFacts } from '#domain/device.ts';
import { CameraId } from '#domain/id.ts';
import { AudioFormat, StreamStatus, StreamTrouble, StreamUrl, Transport, VideoFormat } from '#domain/stream.ts';
import { administrator, none, viewer, yesNo } from './base.ts';

const ProbeResult = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    video: VideoFormat,
    audio: AudioFormat.nullable(),
    fps: z.number(),
    via: z.enum(['native', 'ffmpeg']),
    transport: z.enum(['tcp', 'udp', 'tls']),
    keyIntervalMs: z.number().nullable(),
    /** One key frame as length-prefixed NAL units (base64) with its decoder configuration, to show a picture at once. */
    picture: z.object({ config: z.string(), data: z.string() }),
  }),
  z.object({ ok: z.literal(false), trouble: StreamTrouble, detail: z.string() }),
]);

const CameraPush = z.discriminatedUnion('type', [
  /** First, and after a break: everything. */
  z.object({ type: z.literal('all'), cameras: z.array(CameraView) }),
  z.object({ type: z.literal('camera'), camera: CameraView }),
  z.object({ type: z.literal('removed'), id: CameraId }),
  z.object({
    type: z.literal('streams'),
    changes: z.array(z.object({ id: CameraId, streams: z.array(StreamStatus) })),
  }),
]);

export const cameras = {
  list: viewer
    .route({ method: 'GET', path: '/cameras', summary: 'All cameras with their state' })
    .input(none)
    .output(z.array(CameraView)),
  get: viewer
    .route({ method: 'GET', path: '/cameras/{id}' })
    .input(z.object({ id: CameraId }))
    .output(CameraView),
  add: administrator.route({ method: 'POST', path: '/cameras', successStatus: 201 }).input(CameraDraft).output(Camera),
  update: administrator
    .route({ method: 'PATCH', path: '/cameras/{id}' })
    .input(z.object({ id: CameraId, change: CameraChange }))
    .output(Camera),
  /** Takes the camera out of the station; its video stays on disk and on the timeline until retention takes it. */
  remove: administrator
    .route({ method: 'DELETE', path: '/cameras/{id}' })
    .input(z.object({ id: CameraId }))
    .output(none),
  /** Tries an address without saving it; takes 10 s at most. */
  probe: administrator
    .route({ method: 'POST', path: '/cameras/probe' })
    .input(
      z.object({
        url: StreamUrl,
        transport: Transport.default('auto'),
        username: z.string().max(128).nullable().default(null),
        password: z.string().max(256).nullable().default(null),
        /** Take the password saved for this camera where none is given. */
        cameraId: CameraId.optional(),
      }),
    )
    .output(ProbeResult),
  /** What the camera's device says of itself; `fresh` asks it anew (25 s at most). */
  facts: administrator
    .route({ method: 'GET', path: '/cameras/{id}/device', summary: 'What the device says of itself' })
    .input(z.object({ id: CameraId, fresh: yesNo.default(false) }))
    .output(DeviceFacts),
  /** Accepts the certificate that an https device shows now, for all cameras of the device. */
  trust: administrator
    .route({ method: 'POST', path: '/cameras/{id}/certificate', summary: 'Accept a changed certificate' })
    .input(z.object({ id: CameraId, certificate: CertificatePin }))
    .output(none),
  watch: viewer
    .route({ method: 'GET', path: '/cameras/watch', summary: 'Follow cameras and their states (server-sent events)' })
    .input(none)
    .output(eventIterator(CameraPush)),
};
