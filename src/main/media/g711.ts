/** G.711 sound: from the one law to the other (ITU-T G.711 §3). */

/** A µ-law sample as a number of 16 bits. */
export function fromMuLaw(byte: number): number {
  const bits = ~byte & 0xff;
  const size = (((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4);
  return bits & 0x80 ? 0x84 - size : size - 0x84;
}

/** An A-law sample as a number of 16 bits. */
export function fromALaw(byte: number): number {
  const bits = byte ^ 0x55;
  const exponent = (bits & 0x70) >> 4;
  const mantissa = ((bits & 0x0f) << 4) + 8;
  const size = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return bits & 0x80 ? size : -size;
}

/** A number of 16 bits as an A-law sample: of the 256 levels, the one whose step it lies in. */
export function toALaw(value: number): number {
  const positive = value >= 0;
  const size = Math.min(0x7fff, positive ? value : -value - 1);
  const exponent = size < 0x100 ? 0 : 24 - Math.clz32(size);
  const mantissa = (size >> (exponent === 0 ? 4 : exponent + 3)) & 0x0f;
  return ((positive ? 0x80 : 0) | (exponent << 4) | mantissa) ^ 0x55;
}

const table = Uint8Array.from({ length: 256 }, (_, byte) => toALaw(fromMuLaw(byte)));

/** The same sound in A-law. */
export const muToALaw = (sound: Uint8Array): Uint8Array => sound.map((byte) => table[byte] ?? 0);
