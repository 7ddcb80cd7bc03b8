import { z } from 'zod';
import { VideoCodec } from './device.ts';

/** What a device's encoder is set to. */
export const Encoder = z.object({
  token: z.string().max(128),
  codec: VideoCodec,
  width: z.number().int().min(1).max(32768),
  height: z.number().int().min(1).max(32768),
  fps: z.number().min(0.1).max(240),
  bitsPerSecond: z.number().int().min(1_000).max(1_000_000_000),
  /** Frames from one key frame to the next. */
  keyEvery: z.number().int().min(1).max(3_000),
});
export type Encoder = z.infer<typeof Encoder>;

/** What it can be set to, per codec. */
export const EncoderOptions = z.array(
  z.object({
    codec: VideoCodec,
    sizes: z.array(z.object({ width: z.number().int(), height: z.number().int() })).max(64),
    /** Either a list or, as [least, most], a range. */
    fps: z.object({ min: z.number(), max: z.number(), only: z.array(z.number()).max(64).nullable() }),
    bitsPerSecond: z.object({ min: z.number(), max: z.number() }).nullable(),
    keyEvery: z.object({ min: z.number(), max: z.number() }).nullable(),
  }),
);
export type EncoderOptions = z.infer<typeof EncoderOptions>;

/** A text that the device burns into its picture. */
export const Overlay = z.object({
  token: z.string().max(128),
  kind: z.enum(['text', 'date', 'time', 'date-time', 'image']),
  text: z.string().max(200).nullable(),
  position: z.enum(['upper-left', 'upper-right', 'lower-left', 'lower-right', 'custom']),
});
export type Overlay = z.infer<typeof Overlay>;
