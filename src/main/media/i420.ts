/** Decoded pictures as planes: Y at full size, then U and V at half in both directions (BT.601, limited range). */
export type I420 = {
  /** Pixels, 1 … 16,384. */
  width: number;
  height: number;
  /** `bytesOfI420` bytes, row after row without padding. On a SharedArrayBuffer it passes between threads without a copy. */
  data: Uint8Array;
};

/** Bytes of a picture; odd sizes have half a chroma sample more. */
export const bytesOfI420 = (width: number, height: number): number =>
  width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);

/** Whether it is one whole picture. */
export const isI420 = ({ width, height, data }: I420): boolean =>
  [width, height].every((n) => Number.isInteger(n) && n >= 1 && n <= 16_384) &&
  data.length === bytesOfI420(width, height);
