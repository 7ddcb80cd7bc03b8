import { z } from 'zod';
import { CameraName, CameraNumber } from './camera.ts';
import { CertificatePin, DeviceFacts, DeviceTrouble, DeviceUrl, FoundDevice } from './device.ts';
import { CameraId } from './id.ts';
import { RecordingPreset } from './recording-plan.ts';
import { StreamUrl } from './stream.ts';

/** A found device, and whether it is here already. */
export const FoundView = FoundDevice.extend({
  /** The cameras of this station that hang on it. */
  known: z.array(z.object({ id: CameraId, name: CameraName })).max(64),
});
export type FoundView = z.infer<typeof FoundView>;

/** What a person should know before adding a camera; closed, the screen has words for each. */
export const Advice = z.enum([
  'clock-off', // by more than a minute
  'h265-not-live', // no stream that every screen can show
  'key-frames-rare', // more than 4 s apart: slow to start, coarse to scrub
  'default-password', // the pair is a maker's default
  'maker-restricted', // on the list of NDAA §889
  'unencrypted', // http or rtsp
  'foreign-host', // streams come from another address
  'no-sub', // no small stream: walls and watching cost more
]);
export type Advice = z.infer<typeof Advice>;

/** One stream that a camera would get: a profile and why it was chosen. */
export const StreamChoice = z.object({ profile: z.string().max(128), url: StreamUrl });
export type StreamChoice = z.infer<typeof StreamChoice>;

/** One camera of a device as Vigie would add it: one per video source. */
export const ProposedCamera = z.object({
  source: z.string().max(128).nullable(),
  name: CameraName,
  main: StreamChoice,
  sub: StreamChoice.nullable(),
  /** Every profile of this source, for who wants another choice. */
  profiles: z.array(z.string().max(128)).max(64),
  advice: z.array(z.object({ code: Advice, value: z.union([z.string().max(200), z.number()]).nullable() })).max(16),
});
export type ProposedCamera = z.infer<typeof ProposedCamera>;

/** What asking a device with a password brought. */
export const DeviceLook = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    url: DeviceUrl,
    facts: DeviceFacts,
    certificate: CertificatePin.nullable(),
    /** Hosts that stream addresses point to and that are not the device's own. */
    foreignHosts: z.array(z.string().max(256)).max(8),
    cameras: z.array(ProposedCamera).max(64),
  }),
  z.object({ ok: z.literal(false), url: DeviceUrl, trouble: DeviceTrouble, detail: z.string().max(500) }),
]);
export type DeviceLook = z.infer<typeof DeviceLook>;

/** One camera to add from a device. */
export const FoundDraft = z.object({
  url: DeviceUrl,
  username: z.string().max(128).nullable(),
  password: z.string().max(256).nullable(),
  certificate: CertificatePin.nullable().default(null),
  trustedHosts: z.array(z.string().max(256)).max(8).default([]),
  source: z.string().max(128).nullable(),
  mainProfile: z.string().max(128),
  subProfile: z.string().max(128).nullable(),
  name: CameraName,
  number: CameraNumber.optional(),
  group: z.string().trim().max(80).nullable().default(null),
  recording: RecordingPreset.default('always'),
  setClock: z.boolean().default(false),
});
export type FoundDraft = z.infer<typeof FoundDraft>;

/** One line of a list of cameras (CSV), as read. `line` counts from 1 and includes the head. */
export const ListLine = z.object({
  line: z.number().int().min(1),
  name: z.string().max(200),
  address: z.string().max(2048),
  issues: z
    .array(
      z.object({
        column: z.string().max(80),
        message: z.enum([
          'missing',
          'bad-address',
          'bad-number',
          'number-taken',
          'number-twice',
          'too-long',
          'unknown-value',
          'known-already',
          'address-twice',
          'broken-quotes',
          'too-many-fields',
        ]),
      }),
    )
    .max(16),
});
export type ListLine = z.infer<typeof ListLine>;
