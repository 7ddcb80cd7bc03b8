import { z } from 'zod';
import { TimeMs } from './time.ts';

/** Where a device answers ONVIF: http(s), no user or password in it. */
export const DeviceUrl = z
  .string()
  .trim()
  .max(2048)
  .regex(
    /^https?:\/\/[^\s/?#@]+(\/[^\s]*)?$/i,
    'a device address starts with http:// or https://, without user and password',
  );
export type DeviceUrl = z.infer<typeof DeviceUrl>;

/** SHA-256 of a TLS certificate, lower-case hex. */
export const CertificatePin = z.string().regex(/^[0-9a-f]{64}$/);
export type CertificatePin = z.infer<typeof CertificatePin>;

const word = z.string().trim().max(200);

/** By what a device is known again when its address has changed. Empty strings are never stored: unknown is null. */
export const DeviceIdentity = z.object({
  /** WS-Addressing endpoint reference, as a rule `urn:uuid:…` (WS-Discovery 1.1 §2.6: stable for its life). */
  endpoint: z.string().max(256).nullable(),
  serial: word.nullable(),
  /** Lower case, `aa:bb:cc:dd:ee:ff`. */
  macs: z.array(z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/)).max(16),
  maker: word.nullable(),
  model: word.nullable(),
  firmware: word.nullable(),
});
export type DeviceIdentity = z.infer<typeof DeviceIdentity>;

/** Why a device does not do what was asked; closed, the screen has words for each. */
export const DeviceTrouble = z.enum([
  'unreachable', // no connection: address, port, cable
  'timeout', // connected, no answer in time
  'credentials-missing',
  'credentials-refused',
  'locked', // refuses everybody for a while, as a rule after wrong passwords
  'not-onvif', // something else answers there (a web page, another protocol)
  'invalid-answer', // SOAP that cannot be taken: broken, too deep, entities
  'too-large', // an answer over the limit
  'unsupported', // the device has no such service or operation
  'refused', // a SOAP fault: the device does not want these values
  'certificate-changed', // HTTPS certificate differs from the pinned one
  'other-device', // another device answers at this address
  'tls', // no TLS handshake
  'foreign-host', // it points to another host that nobody has trusted yet
  'busy', // too many clients
]);
export type DeviceTrouble = z.infer<typeof DeviceTrouble>;

export const VideoCodec = z.enum(['h264', 'h265', 'mjpeg', 'mpeg4', 'other']);
export type VideoCodec = z.infer<typeof VideoCodec>;

/** One media profile of a device: what can be taken as a stream. */
export const DeviceProfile = z.object({
  token: z.string().max(128),
  name: word,
  /** Video source it shows: profiles of one source are streams of one camera; several sources are several cameras. */
  source: z.string().max(128).nullable(),
  video: z
    .object({
      codec: VideoCodec,
      width: z.number().int().min(0).max(32768),
      height: z.number().int().min(0).max(32768),
      fps: z.number().min(0).nullable(),
      bitsPerSecond: z.number().min(0).nullable(),
      /** Frames from one key frame to the next. */
      keyEvery: z.number().int().min(0).nullable(),
      encoder: z.string().max(128),
    })
    .nullable(),
  audio: z.string().max(40).nullable(),
  ptz: z.boolean(),
  metadata: z.boolean(),
  /** Without user and password; null where the device gives none. */
  streamUrl: z.string().max(2048).nullable(),
  snapshotUrl: z.string().max(2048).nullable(),
});
export type DeviceProfile = z.infer<typeof DeviceProfile>;

export const Relay = z.object({
  token: z.string().max(128),
  /** bistable: stays; monostable: falls back by itself after `delayMs`. */
  mode: z.enum(['monostable', 'bistable']),
  delayMs: z.number().min(0).nullable(),
});
export type Relay = z.infer<typeof Relay>;

export const DeviceService = z.enum([
  'device',
  'media',
  'media2',
  'ptz',
  'imaging',
  'events',
  'recording',
  'search',
  'replay',
  'deviceio',
  'analytics',
]);
export type DeviceService = z.infer<typeof DeviceService>;

/** What a device says of itself and can do. */
export const DeviceFacts = z.object({
  identity: DeviceIdentity,
  /** Services that answered, with the version the device claims (`2.60`), null where it says none. */
  services: z.partialRecord(DeviceService, z.string().max(20).nullable()),
  profiles: z.array(DeviceProfile).max(64),
  ptz: z.boolean(),
  imaging: z.boolean(),
  events: z.boolean(),
  /** Microphone; loudspeaker behind the ONVIF backchannel (Streaming Specification §5.3). */
  microphone: z.boolean(),
  talk: z.boolean(),
  /** Records by itself (Profile G). */
  storage: z.boolean(),
  relays: z.array(Relay).max(32),
  inputs: z.number().int().min(0).max(256),
  /** Auxiliary commands as the device names them (`tt:Wiper|On`, `tt:WhiteLight|On` …). */
  auxiliary: z.array(z.string().max(100)).max(64),
  network: z.object({
    addresses: z.array(z.string().max(64)).max(32),
    gateway: z.string().max(64).nullable(),
  }),
  clock: z.object({
    /** Device clock minus station clock at the time of asking; null where it tells none. */
    offsetMs: z.number().nullable(),
    source: z.enum(['manual', 'ntp']).nullable(),
    zone: z.string().max(100).nullable(),
  }),
  /** Users at the device, where it lists them. */
  users: z.array(z.object({ name: word, level: word })).max(64),
  askedMs: TimeMs,
});
export type DeviceFacts = z.infer<typeof DeviceFacts>;

/** A device that was found and not yet asked for more: discovery needs no password. */
export const FoundDevice = z.object({
  url: DeviceUrl,
  /** Every address it answers at, as given by itself. */
  urls: z.array(DeviceUrl).max(16),
  endpoint: z.string().max(256).nullable(),
  name: word.nullable(),
  maker: word.nullable(),
  model: word.nullable(),
  location: word.nullable(),
  macs: DeviceIdentity.shape.macs,
  /** Host part of `url`, for people. */
  address: z.string().max(256),
  seenMs: TimeMs,
});
export type FoundDevice = z.infer<typeof FoundDevice>;

/** How a camera hangs on its device; stored with the camera. */
export const DeviceLink = z.object({
  url: DeviceUrl,
  identity: DeviceIdentity,
  /** Media profiles its streams are taken from. */
  mainProfile: z.string().max(128).nullable(),
  subProfile: z.string().max(128).nullable(),
  /** Pinned at first use, for https. */
  certificate: CertificatePin.nullable(),
  /** Hosts besides the device's own that its stream addresses may point to: a person said so. */
  trustedHosts: z.array(z.string().max(256)).max(8),
  /** Vigie sets its clock when it is off. */
  setClock: z.boolean(),
});
export type DeviceLink = z.infer<typeof DeviceLink>;

/**
 * Whether two identities are surely of one device: the same endpoint, else the same serial of the same maker and model, else
 * a common MAC address. Two devices with one endpoint but different serials or MAC addresses are not taken for one (cloned
 * firmware).
 */
export function sameDevice(a: DeviceIdentity, b: DeviceIdentity): boolean {
  const differ = (x: string | null, y: string | null): boolean => x !== null && y !== null && x !== y;
  const commonMac = a.macs.some((m) => b.macs.includes(m));
  if (a.macs.length > 0 && b.macs.length > 0 && !commonMac) return false;
  if (differ(a.serial, b.serial)) return false;
  if (a.endpoint !== null && a.endpoint === b.endpoint) return true;
  if (commonMac) return true;
  return (
    a.serial !== null &&
    a.serial === b.serial &&
    a.maker === b.maker &&
    a.model === b.model &&
    !differ(a.endpoint, b.endpoint)
  );
}

/** Nothing is known of it yet: the device tells at first contact. */
export const noIdentity: DeviceIdentity = {
  endpoint: null,
  serial: null,
  macs: [],
  maker: null,
  model: null,
  firmware: null,
};

/** Whether two identities are surely of two devices: different serials, or, where one tells none, no common MAC address. */
export function otherDevice(a: DeviceIdentity, b: DeviceIdentity): boolean {
  if (a.serial !== null && b.serial !== null && a.maker === b.maker) return a.serial !== b.serial;
  return a.macs.length > 0 && b.macs.length > 0 && !a.macs.some((m) => b.macs.includes(m));
}
