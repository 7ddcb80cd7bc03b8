/** What an encoder may be set to, and the nearest of it to what is wanted. Pure. */
import type { Encoder, EncoderOptions } from '#domain/encoder.ts';

export type EncoderOption = EncoderOptions[number];
export type EncoderValues = Omit<Encoder, 'token'>;

export const optionOf = (options: EncoderOptions, codec: string): EncoderOption | null =>
  options.find((o) => o.codec === codec) ?? null;

const within = (v: number, range: { min: number; max: number } | null): number =>
  range === null ? v : Math.min(range.max, Math.max(range.min, v));
const nearest = <T>(all: readonly T[], far: (one: T) => number): T | null =>
  all.reduce<T | null>((best, one) => (best === null || far(one) < far(best) ? one : best), null);

/** Values that the device offers with that codec, each as near as can be to those given. */
export function fitEncoder(values: EncoderValues, options: EncoderOptions): EncoderValues {
  const option = optionOf(options, values.codec);
  if (!option) return values;
  const { sizes, fps } = option;
  const size = nearest(sizes, (s) => Math.abs(s.width * s.height - values.width * values.height)) ?? values;
  return {
    codec: values.codec,
    width: size.width,
    height: size.height,
    fps:
      fps.only === null ? within(values.fps, fps) : (nearest(fps.only, (f) => Math.abs(f - values.fps)) ?? values.fps),
    bitsPerSecond: Math.round(within(values.bitsPerSecond, option.bitsPerSecond)),
    keyEvery: Math.round(within(values.keyEvery, option.keyEvery)),
  };
}

export const sameEncoder = (a: EncoderValues, b: EncoderValues): boolean =>
  a.codec === b.codec &&
  a.width === b.width &&
  a.height === b.height &&
  a.fps === b.fps &&
  a.bitsPerSecond === b.bitsPerSecond &&
  a.keyEvery === b.keyEvery;

/** Bytes a day at a bit rate. */
export const bytesPerDay = (bitsPerSecond: number): number => (bitsPerSecond / 8) * 86_400;
