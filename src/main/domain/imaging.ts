import { z } from 'zod';

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
  whiteBalance: z.array(z.enum(['auto', 'manual'])).optional(),
  focus: z.array(z.enum(['auto', 'manual'])).optional(),
  /** The lens can be moved by hand (Imaging Move). */
  focusMove: z.boolean(),
});
export type ImagingOptions = z.infer<typeof ImagingOptions>;
