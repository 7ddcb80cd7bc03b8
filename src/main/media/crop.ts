/** A part of a picture. */
import { bytesOfI420, type I420 } from './i420.ts';

/** Parts of the picture, 0 … 1 each. */
type Part = { x: number; y: number; width: number; height: number };

/** The part of a picture, on even pixels, 2 × 2 at least; what lies outside of the picture is left out. */
export function crop(picture: I420, part: Part): I420 {
  const span = (from: number, size: number, whole: number): { at: number; size: number } => {
    const most = whole - (whole % 2);
    if (most < 2) return { at: 0, size: whole };
    const at = Math.min(most - 2, Math.max(0, 2 * Math.floor((from * whole) / 2)));
    const end = Math.min(most, Math.max(at + 2, 2 * Math.ceil(((from + size) * whole) / 2)));
    return { at, size: end - at };
  };
  const x = span(part.x, part.width, picture.width);
  const y = span(part.y, part.height, picture.height);
  const data = new Uint8Array(bytesOfI420(x.size, y.size));
  let to = 0;
  const plane = (from: number, stride: number, by: number): void => {
    const [left, width] = [x.at / by, Math.ceil(x.size / by)];
    for (let row = y.at / by; row < y.at / by + Math.ceil(y.size / by); row += 1) {
      const at = from + row * stride + left;
      data.set(picture.data.subarray(at, at + width), to);
      to += width;
    }
  };
  const half = (n: number): number => Math.ceil(n / 2);
  const luma = picture.width * picture.height;
  plane(0, picture.width, 1);
  plane(luma, half(picture.width), 2);
  plane(luma + half(picture.width) * half(picture.height), half(picture.width), 2);
  return { width: x.size, height: y.size, data };
}
