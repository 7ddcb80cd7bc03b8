import { z } from 'zod';
import { CameraId } from './id.ts';
import { StreamSettings, StreamStatus } from './stream.ts';
import { TimeMs } from './time.ts';

/** The number a guard types; unique in a station. */
export const CameraNumber = z.number().int().min(1).max(9999);
export const CameraName = z.string().trim().min(1, 'a camera needs a name').max(80);

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
});
export type CameraDraft = z.infer<typeof CameraDraft>;

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
});
export type CameraChange = z.infer<typeof CameraChange>;

/** A camera with what is known of its streams now. */
export const CameraView = Camera.extend({ streams: z.array(StreamStatus) });
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
