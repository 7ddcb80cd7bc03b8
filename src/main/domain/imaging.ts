import { z } from 'zod';
import type { SettingFault } from './encoder.ts';

/** Picture settings that a device may offer (ONVIF Imaging Service §5.1). Absent: it has none such. */
export const Imaging = z.object({
  brightness: z.number().optional(),
  contrast: z.number().optional(),
  saturation: z.number().optional(),
  sharpness: z.number().optional(),
  /** Infrared cut filter: on = day, off = night. */
  dayNight: z.enum(['on', 'off', 'auto']).optional(),
  backlight: z.enum(['on', 'off']).optional(),
  wideDynamicRange: z.enum(['on', 'off']).optional(),
  exposure: z.enum(['auto', 'manual']).optional(),
  /** Of exposure by hand: microseconds, dB, and dB that the iris takes away, 0 being fully open (`tt:Exposure20`). */
  exposureTime: z.number().optional(),
  gain: z.number().optional(),
  iris: z.number().optional(),
  whiteBalance: z.enum(['auto', 'manual']).optional(),
  focus: z.enum(['auto', 'manual']).optional(),
});
export type Imaging = z.infer<typeof Imaging>;

const range = z.object({ min: z.number(), max: z.number() });
export const ImagingOptions = z.object({
  brightness: range.optional(),
  contrast: range.optional(),
  saturation: range.optional(),
  sharpness: range.optional(),
  dayNight: z.array(z.enum(['on', 'off', 'auto'])).optional(),
  backlight: z.array(z.enum(['on', 'off'])).optional(),
  wideDynamicRange: z.array(z.enum(['on', 'off'])).optional(),
  exposure: z.array(z.enum(['auto', 'manual'])).optional(),
  exposureTime: range.optional(),
  gain: range.optional(),
  iris: range.optional(),
  whiteBalance: z.array(z.enum(['auto', 'manual'])).optional(),
  focus: z.array(z.enum(['auto', 'manual'])).optional(),
  /** The lens can be moved by hand (Imaging Move). */
  focusMove: z.boolean(),
});
export type ImagingOptions = z.infer<typeof ImagingOptions>;

/** What of a change a device does not offer, by its own options; empty: all of it can be had. */
export function imagingFaults(change: Imaging, options: ImagingOptions): SettingFault[] {
  return Object.entries(change).flatMap(([key, value]): SettingFault[] => {
    const offered = options[key as keyof Imaging];
    const path = `change.${key}`;
    if (offered === undefined) return [{ path, why: 'not-offered', message: `it has no setting for ${key}` }];
    if (Array.isArray(offered)) {
      const words: readonly string[] = offered;
      return words.includes(String(value))
        ? []
        : [{ path, why: 'not-offered', message: `${key} is one of ${words.join(', ')}` }];
    }
    const { min, max } = offered;
    return typeof value === 'number' && value >= min && value <= max
      ? []
      : [{ path, why: 'range', message: `${key} is ${String(min)} to ${String(max)}`, least: min, most: max }];
  });
}
