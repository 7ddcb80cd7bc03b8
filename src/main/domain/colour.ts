/** Colours as people name them. */
import { z } from 'zod';

export const ColourName = z.enum([
  'black',
  'grey',
  'white',
  'red',
  'orange',
  'yellow',
  'green',
  'blue',
  'purple',
  'pink',
  'brown',
  'beige',
]);
export type ColourName = z.infer<typeof ColourName>;

/** Of something that was measured: unsure where light, size or pattern do not let it be told. */
export const MeasuredColour = z.enum([...ColourName.options, 'unsure']);
export type MeasuredColour = z.infer<typeof MeasuredColour>;

/** A colour in OKLab (B. Ottosson, 2020, bottosson.github.io/posts/oklab): distances are about as large as they are seen. */
export type OkLab = { l: number; a: number; b: number };

const linear = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);

/** From a pixel of I420 (BT.601, limited range), 0 … 255 each. */
export function okLabOf(y: number, u: number, v: number): OkLab {
  const luma = (1.164383 * (y - 16)) / 255;
  const [cb, cr] = [(u - 128) / 255, (v - 128) / 255];
  const part = (value: number): number => linear(Math.min(1, Math.max(0, value)));
  const r = part(luma + 1.596027 * cr);
  const g = part(luma - 0.391762 * cb - 0.812968 * cr);
  const b = part(luma + 2.017232 * cb);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {
    l: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    a: 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    b: 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  };
}

/** Less colour than this is none: shades of grey. */
const grey = 0.032;
/** So dark that hardly anybody names a colour. */
const darkest = 0.26;
const black = 0.36;
const white = 0.8;

/** As most people would name it, of its own: hue angles are those of OKLab (red 29°, yellow 110°, green 142°, blue 264°). */
export function nameOf({ l, a, b }: OkLab): ColourName {
  const chroma = Math.hypot(a, b);
  const hue = ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
  if (chroma < grey || (l < darkest && chroma < 0.07)) return l < black ? 'black' : l > white ? 'white' : 'grey';
  if (hue >= 45 && hue < 112) {
    if (l > 0.58 && chroma < 0.085) return 'beige';
    if (l < 0.58 && chroma < 0.13) return 'brown';
    return hue < 78 ? 'orange' : 'yellow';
  }
  if (hue >= 112 && hue < 188) return 'green';
  if (hue >= 188 && hue < 288) return 'blue';
  if (hue >= 288 && hue < 335) return 'purple';
  // Pale red is pink; what is on the way to purple is pink unless it is dark.
  if (hue >= 335 || hue < 8) return l > 0.55 ? 'pink' : 'red';
  return l > 0.7 ? 'pink' : 'red';
}
