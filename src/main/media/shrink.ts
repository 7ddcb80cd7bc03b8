/** Pictures made smaller by whole factors. */
import { bytesOfI420, type I420 } from './i420.ts';

/** At most `maxWidth` wide, by the smallest whole factor that does it: means of squares of pixels. A smaller one stays as it is. */
export function shrink(picture: I420, maxWidth: number): I420 {
  const factor = Math.ceil(picture.width / maxWidth);
  if (factor <= 1) return picture;
  const width = Math.floor(picture.width / factor);
  const height = Math.floor(picture.height / factor);
  if (width < 1 || height < 1) return picture;
  const data = new Uint8Array(bytesOfI420(width, height));
  const half = (n: number): number => Math.ceil(n / 2);
  let from = 0;
  let to = 0;
  const planes = [
    { width: picture.width, height: picture.height, to: { width, height } },
    ...Array<{ width: number; height: number; to: { width: number; height: number } }>(2).fill({
      ...{ width: half(picture.width), height: half(picture.height) },
      to: { width: half(width), height: half(height) },
    }),
  ];
  for (const plane of planes) {
    const out = data.subarray(to, to + plane.to.width * plane.to.height);
    const source = picture.data.subarray(from, from + plane.width * plane.height);
    means(source, plane, factor, out, plane.to);
    from += source.length;
    to += out.length;
  }
  return { width, height, data };
}

type Size = { width: number; height: number };
function means(from: Uint8Array, { width, height }: Size, factor: number, to: Uint8Array, size: Size): void {
  for (let y = 0; y < size.height; y += 1)
    for (let x = 0; x < size.width; x += 1) {
      const right = Math.min(width, (x + 1) * factor);
      const bottom = Math.min(height, (y + 1) * factor);
      let sum = 0;
      let count = 0;
      for (let row = y * factor; row < bottom; row += 1)
        for (let column = x * factor; column < right; column += 1, count += 1) sum += from[row * width + column] ?? 0;
      to[y * size.width + x] = count === 0 ? 128 : Math.round(sum / count);
    }
}
