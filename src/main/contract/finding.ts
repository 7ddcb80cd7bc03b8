/** Finding cameras on the network, looking at them, adding them. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { Camera } from '../domain/camera.ts';
import { CertificatePin, DeviceUrl } from '../domain/device.ts';
import { DeviceLook, FoundDraft, FoundView, ListLine } from '../domain/finding.ts';
import { StreamUrl } from '../domain/stream.ts';
import { administrator, none } from './base.ts';

const Credentials = {
  username: z.string().max(128).nullable().default(null),
  password: z.string().max(256).nullable().default(null),
};

export const FoundPush = z.discriminatedUnion('type', [
  /** First, and after a break: everything. `probing`: a probe is under way. */
  z.object({ type: z.literal('all'), devices: z.array(FoundView), probing: z.boolean() }),
  z.object({ type: z.literal('found'), device: FoundView }),
  /** It said goodbye, or has not been seen for ten minutes. */
  z.object({ type: z.literal('gone'), url: DeviceUrl }),
  z.object({ type: z.literal('probing'), probing: z.boolean() }),
]);

/** A common RTSP address that answered with a picture. */
export const GuessedStream = z.object({ url: StreamUrl, codec: z.string(), width: z.number(), height: z.number() });

/** About 2,000 lines; bodies hold 256 KiB. */
const ListText = z.string().max(200_000);

export const finding = {
  /** Follow what is found; probes while somebody follows. */
  watch: administrator
    .route({
      method: 'GET',
      path: '/finding/watch',
      summary: 'Follow the devices found on the network (server-sent events)',
    })
    .input(none)
    .output(eventIterator(FoundPush)),
  probe: administrator
    .route({ method: 'POST', path: '/finding/probe', summary: 'Probe all interfaces now' })
    .input(none)
    .output(none),
  /** Asks addresses, names or ranges directly; what answers comes by `watch` too. 60 s at most. */
  ask: administrator
    .route({ method: 'POST', path: '/finding/ask', summary: 'Ask addresses or ranges directly' })
    .input(z.object({ hosts: z.string().trim().min(1).max(2000) }))
    .output(z.object({ devices: z.array(FoundView) })),
  /** Asks a device everything a person wants to know before adding it; 25 s at most. */
  look: administrator
    .route({ method: 'POST', path: '/finding/look', summary: 'Ask a device what it is and has' })
    .input(z.object({ url: DeviceUrl, ...Credentials, certificate: CertificatePin.nullable().default(null) }))
    .output(DeviceLook),
  /** Tries the common RTSP paths of the usual makers at a host; 30 s at most, ends at the first refusal of the password. */
  guess: administrator
    .route({ method: 'POST', path: '/finding/guess', summary: 'Try common RTSP paths at a host' })
    .input(z.object({ host: z.string().trim().min(1).max(256), ...Credentials }))
    .output(z.object({ streams: z.array(GuessedStream), refused: z.boolean() })),
  /** Adds all of them or none. */
  add: administrator
    .route({
      method: 'POST',
      path: '/finding/add',
      summary: 'Add cameras of found devices: all or none',
      successStatus: 201,
    })
    .input(z.object({ cameras: z.array(FoundDraft).min(1).max(256) }))
    .output(z.object({ cameras: z.array(Camera) })),
  /** Reads a CSV list without adding anything. */
  readList: administrator
    .route({ method: 'POST', path: '/finding/list/read', summary: 'Read a CSV list of cameras without adding' })
    .input(z.object({ text: ListText }))
    .output(z.object({ lines: z.array(ListLine), ok: z.boolean() })),
  /** Adds every camera of a CSV list, or none when any line has an issue. */
  importList: administrator
    .route({
      method: 'POST',
      path: '/finding/list',
      summary: 'Add every camera of a CSV list, or none',
      successStatus: 201,
    })
    .input(z.object({ text: ListText }))
    .output(z.object({ cameras: z.array(Camera) })),
};
