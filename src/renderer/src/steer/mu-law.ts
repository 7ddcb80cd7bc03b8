/** G.711 µ-law (ITU-T G.711, table 2). Pure. */
const bias = 0x84;
const clip = 32_635;

/** One sample, −1 … 1, as a byte; what is beyond is cut. */
export function muLawOf(sample: number): number {
  const linear = Math.round(Math.min(1, Math.max(-1, sample)) * 32_768);
  const sign = linear < 0 ? 0x80 : 0;
  const size = Math.min(clip, Math.abs(linear)) + bias;
  const exponent = Math.max(0, Math.floor(Math.log2(size)) - 7);
  const mantissa = (size >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}
