/** What a camera's device is asked and told besides pictures and steering. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { DeviceFacts, Relay } from '../domain/device.ts';
import { Encoder, EncoderOptions, Overlay } from '../domain/encoder.ts';
import { CameraId, UserId } from '../domain/id.ts';
import { Imaging, ImagingOptions } from '../domain/imaging.ts';
import { Metadata, MetadataChange, MetadataOptions } from '../domain/metadata.ts';
import { StreamKind } from '../domain/stream.ts';
import { TimeMs } from '../domain/time.ts';
import { administrator, none, operator, viewer } from './base.ts';

const one = z.object({ id: CameraId });
const ofStream = one.extend({ stream: StreamKind });

/** Who talks through a camera's loudspeaker now. */
export const Talker = z.object({
  cameraId: CameraId,
  userId: UserId,
  name: z.string(),
  sinceMs: TimeMs,
  mine: z.boolean(),
});
export type Talker = z.infer<typeof Talker>;

export const device = {
  /** Asks the device anew; 20 s at most. Who may sign in at the device is told to administrators only. */
  facts: viewer
    .route({ method: 'GET', path: '/cameras/{id}/device/facts', summary: 'Ask the device what it is and can do' })
    .input(one)
    .output(DeviceFacts),
  setClock: administrator
    .route({ method: 'POST', path: '/cameras/{id}/device/clock', summary: 'Set the device’s clock to the station’s' })
    .input(one)
    .output(z.object({ offsetMs: z.number().nullable() })),
  encoder: administrator
    .route({ method: 'GET', path: '/cameras/{id}/device/encoder' })
    .input(ofStream)
    .output(z.object({ encoder: Encoder, options: EncoderOptions })),
  /** Checked against what the device offers. The stream is taken anew; what is missing meanwhile is a gap. */
  setEncoder: administrator
    .route({ method: 'PUT', path: '/cameras/{id}/device/encoder' })
    .input(ofStream.extend({ encoder: Encoder.omit({ token: true }) }))
    .output(Encoder),
  imaging: operator
    .route({ method: 'GET', path: '/cameras/{id}/device/imaging' })
    .input(one)
    .output(z.object({ imaging: Imaging, options: ImagingOptions })),
  setImaging: operator
    .route({ method: 'PUT', path: '/cameras/{id}/device/imaging' })
    .input(one.extend({ change: Imaging }))
    .output(Imaging),
  /** What it sends along beside its main stream's pictures; null: nothing. */
  metadata: operator
    .route({ method: 'GET', path: '/cameras/{id}/device/metadata' })
    .input(one)
    .output(z.object({ metadata: Metadata, options: MetadataOptions }).nullable()),
  setMetadata: administrator
    .route({ method: 'PUT', path: '/cameras/{id}/device/metadata' })
    .input(one.extend({ change: MetadataChange }))
    .output(Metadata),
  /** Moves the lens: −1 near … 1 far, until stopped or 1 s after the last call. */
  focus: operator
    .route({ method: 'POST', path: '/cameras/{id}/device/focus' })
    .input(one.extend({ speed: z.number().min(-1).max(1) }))
    .output(none),
  overlays: operator
    .route({ method: 'GET', path: '/cameras/{id}/device/overlays' })
    .input(one)
    .output(z.array(Overlay)),
  addOverlay: administrator
    .route({ method: 'POST', path: '/cameras/{id}/device/overlays', successStatus: 201 })
    .input(one.extend({ overlay: Overlay.omit({ token: true }) }))
    .output(none),
  setOverlay: administrator
    .route({ method: 'PUT', path: '/cameras/{id}/device/overlays' })
    .input(one.extend({ overlay: Overlay }))
    .output(none),
  removeOverlay: administrator
    .route({ method: 'DELETE', path: '/cameras/{id}/device/overlays/{token}' })
    .input(one.extend({ token: Overlay.shape.token }))
    .output(none),
  relays: operator.route({ method: 'GET', path: '/cameras/{id}/device/relays' }).input(one).output(z.array(Relay)),
  setRelay: operator
    .route({ method: 'PUT', path: '/cameras/{id}/device/relays/{token}' })
    .input(one.extend({ token: Relay.shape.token, on: z.boolean() }))
    .output(none),
  /** Sends one of the commands that the device's facts name (white light, wiper …). */
  auxiliary: operator
    .route({ method: 'POST', path: '/cameras/{id}/device/auxiliary' })
    .input(one.extend({ command: z.string().max(100) }))
    .output(none),
  /** Who talks where; first all, then again whenever it changes. Talking itself goes over the socket `/media/talk`. */
  talkers: viewer
    .route({ method: 'GET', path: '/talkers/watch', summary: 'Follow who talks through cameras (server-sent events)' })
    .input(none)
    .output(eventIterator(z.array(Talker).max(1024))),
};
