import { z } from 'zod';
import { Maintenance } from './camera-health.ts';
import { DeviceLink, DeviceUrl, noIdentity } from './device.ts';
import { DeviceStatus } from './device-status.ts';
import { CameraId } from './id.ts';
import { Polygon } from './place.ts';
import { RecordingNow } from './recording-now.ts';
import { StreamSettings, StreamStatus } from './stream.ts';
import { TimeMs } from './time.ts';
import { mostZones } from './watch-zone.ts';

/** The number a guard types; unique in a station. */
export const CameraNumber = z.number().int().min(1).max(9999);
export const CameraName = z.string().trim().min(1, 'a camera needs a name').max(80);

/** Words that people sort cameras by; at most 16. */
export const CameraTags = z.array(z.string().trim().min(1).max(40)).max(16);
export const CameraNotes = z.string().max(2000);

/** A camera as everyone with the right may see it: no secret in it. */
export const Camera = z.object({
  id: CameraId,
  number: CameraNumber,
  name: CameraName,
  group: z.string().trim().max(80).nullable(),
  /** Name of its folder on disk; set once from its first name, never changed. */
  folder: z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/),
  enabled: z.boolean(),
  main: StreamSettings,
  sub: StreamSettings.nullable(),
  /** User name at the camera; the password is never given out. */
  username: z.string().max(128).nullable(),
  hasPassword: z.boolean(),
  createdMs: TimeMs,
  tags: CameraTags.default([]),
  /** For people; nothing reads it. */
  notes: CameraNotes.default(''),
  /** The ONVIF device it hangs on; null: only its stream addresses are known. */
  link: DeviceLink.nullable().default(null),
});
export type Camera = z.infer<typeof Camera>;

/** What a person gives to add a camera. */
export const CameraDraft = z.object({
  name: CameraName,
  number: CameraNumber.optional(),
  group: z.string().trim().max(80).nullable().optional(),
  enabled: z.boolean().default(true),
  main: StreamSettings,
  sub: StreamSettings.nullable().default(null),
  username: z.string().max(128).nullable().default(null),
  password: z.string().max(256).nullable().default(null),
  tags: CameraTags.default([]),
  notes: CameraNotes.default(''),
  link: DeviceLink.nullable().default(null),
});
export type CameraDraft = z.infer<typeof CameraDraft>;

/** Changes of a camera's link; what is absent stays. A camera without one gets one by `url`. */
export const LinkChange = z.object({
  url: DeviceUrl.optional(),
  /** Other profiles: the device is asked for their stream addresses, which replace those of the camera. */
  mainProfile: z.string().max(128).optional(),
  /** null: no sub stream. */
  subProfile: z.string().max(128).nullable().optional(),
  trustedHosts: DeviceLink.shape.trustedHosts.optional(),
  setClock: z.boolean().optional(),
});
export type LinkChange = z.infer<typeof LinkChange>;

/** What a person may change; what is absent stays. `password: null` forgets it. */
export const CameraChange = z.object({
  name: CameraName.optional(),
  number: CameraNumber.optional(),
  group: z.string().trim().max(80).nullable().optional(),
  enabled: z.boolean().optional(),
  main: StreamSettings.optional(),
  sub: StreamSettings.nullable().optional(),
  username: z.string().max(128).nullable().optional(),
  password: z.string().max(256).nullable().optional(),
  tags: CameraTags.optional(),
  notes: CameraNotes.optional(),
  /** null: the camera is no longer taken for part of a device. */
  link: LinkChange.nullable().optional(),
});
export type CameraChange = z.infer<typeof CameraChange>;

/** A camera with what is known of its streams and its device now; `device` is null without a link. */
export const CameraView = Camera.extend({
  streams: z.array(StreamStatus),
  device: DeviceStatus.nullable(),
  /** It is worked at: what happens to it is nobody's alarm. */
  maintenance: Maintenance.nullable(),
  /** What is recorded of it at this moment, and why. */
  recording: RecordingNow,
  /** Its own analysis tells what it sees (`objects.watch`); heard since the station started. */
  sendsObjects: z.boolean(),
  /** Zones of its picture that are never shown. */
  privacy: z.array(Polygon).max(mostZones).default([]),
});
export type CameraView = z.infer<typeof CameraView>;

/**
 * A folder name that a person can read, made from a camera's name: lower case ASCII letters, digits and dashes, 1 … 40
 * characters, never a name that Windows reserves. `taken` says which exist already.
 */
export function folderFor(name: string, taken: (folder: string) => boolean): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/.test(plain);
  const base = plain === '' || reserved ? `camera${plain && `-${plain}`}` : plain;
  if (!taken(base)) return base;
  for (let n = 2; ; n++) if (!taken(`${base}-${n}`)) return `${base}-${n}`;
}

/**
 * A link after a person's change; null where there is none, and where one would be made without an address. Another address
 * given by a person is another device until it says who it is: identity and certificate are learned anew.
 */
export function changeLink(link: DeviceLink | null, change: LinkChange | null): DeviceLink | null {
  if (change === null) return null;
  const url = change.url ?? link?.url;
  if (url === undefined) return null;
  const same = link !== null && change.url === undefined;
  return {
    url,
    identity: same ? link.identity : noIdentity,
    certificate: same ? link.certificate : null,
    mainProfile: change.mainProfile ?? link?.mainProfile ?? null,
    subProfile: change.subProfile === undefined ? (link?.subProfile ?? null) : change.subProfile,
    trustedHosts: change.trustedHosts ?? link?.trustedHosts ?? [],
    setClock: change.setClock ?? link?.setClock ?? false,
  };
}
