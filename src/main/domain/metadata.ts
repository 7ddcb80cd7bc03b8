import { z } from 'zod';
import type { SettingFault } from './encoder.ts';

/** What a device sends along beside its pictures (`tt:MetadataConfiguration`, ONVIF Media Service §5.21, Media2 §5.4). */
export const Metadata = z.object({
  /** What its own analysis sees in the picture. */
  analytics: z.boolean(),
  events: z.boolean(),
  /** Whether its head moves, and where it looks. */
  ptzStatus: z.boolean(),
  ptzPosition: z.boolean(),
});
export type Metadata = z.infer<typeof Metadata>;

export const MetadataChange = Metadata.partial();
export type MetadataChange = z.infer<typeof MetadataChange>;

/** What of it the device offers. */
export const MetadataOptions = Metadata;
export type MetadataOptions = z.infer<typeof MetadataOptions>;

/** What of a change a device does not offer; switching off what it has not is no fault. */
export const metadataFaults = (change: MetadataChange, options: MetadataOptions): SettingFault[] =>
  Metadata.keyof().options.flatMap((key) =>
    change[key] === true && !options[key]
      ? [{ path: `change.${key}`, why: 'not-offered' as const, message: `it sends no ${key}` }]
      : [],
  );
