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

/** `why`: the values that can be had are a range, or a few. */
export type SettingFault = { path: string; message: string } & (
  | { why: 'range'; least: number; most: number }
  | { why: 'not-offered' }
);

/** What of wanted settings a device does not offer, by its own options; empty: all of it can be had. */
export function encoderFaults(wanted: Omit<Encoder, 'token'>, options: EncoderOptions): SettingFault[] {
  const option = options.find((o) => o.codec === wanted.codec);
  if (option === undefined) {
    const offered = options.map((o) => o.codec).join(', ');
    return [
      {
        path: 'encoder.codec',
        why: 'not-offered',
        message: `it encodes ${offered === '' ? 'nothing that it names' : offered}`,
      },
    ];
  }
  const faults: SettingFault[] = [];
  const { sizes, fps, bitsPerSecond, keyEvery } = option;
  if (sizes.length > 0 && !sizes.some((s) => s.width === wanted.width && s.height === wanted.height)) {
    const offered = sizes.map((s) => `${String(s.width)}×${String(s.height)}`).join(', ');
    faults.push({ path: 'encoder.width', why: 'not-offered', message: `the picture is one of ${offered}` });
  }
  const within = (path: string, value: number, range: { min: number; max: number } | null, of: string): void => {
    if (range !== null && (value < range.min || value > range.max))
      faults.push({
        path: `encoder.${path}`,
        why: 'range',
        message: `${of} is ${String(range.min)} to ${String(range.max)}`,
        least: range.min,
        most: range.max,
      });
  };
  if (fps.only !== null && !fps.only.includes(wanted.fps))
    faults.push({
      path: 'encoder.fps',
      why: 'not-offered',
      message: `pictures per second are one of ${fps.only.join(', ')}`,
    });
  else within('fps', wanted.fps, fps, 'the number of pictures per second');
  within('bitsPerSecond', wanted.bitsPerSecond, bitsPerSecond, 'the bit rate');
  if (wanted.codec !== 'mjpeg') within('keyEvery', wanted.keyEvery, keyEvery, 'the distance of key frames');
  return faults;
}
