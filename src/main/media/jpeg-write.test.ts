import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { hasFfmpeg } from '../../../tests/support/encoded.ts';
import { bytesOfI420, type I420 } from './i420.ts';
import { jpegSize } from './jpeg.ts';
import { writeJpeg } from './jpeg-write.ts';
import { shrink } from './shrink.ts';

/** Soft shapes and some noise, as pictures have. */
function draw(width: number, height: number): I420 {
  const data = new Uint8Array(bytesOfI420(width, height));
  let seed = 7;
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
      data[y * width + x] = 30 + Math.round(90 * (1 + Math.sin(x / 9) * Math.cos(y / 7))) + (seed >>> 29);
    }
  const half = Math.ceil(width / 2);
  for (let i = width * height; i < data.length; i += 1) data[i] = 100 + ((i - width * height) % half);
  return { width, height, data };
}

/** The luma plane as another decoder sees it, back in limited range. */
function decoded(jpeg: Uint8Array): Uint8Array {
  const { stdout, status, stderr } = spawnSync(
    process.env['FFMPEG_BIN'] ?? 'ffmpeg',
    [
      '-v',
      'error',
      '-f',
      'mjpeg',
      '-i',
      'pipe:0',
      '-vf',
      'scale=out_range=tv,format=yuv420p',
      '-f',
      'rawvideo',
      'pipe:1',
    ],
    { input: jpeg, maxBuffer: 2 ** 26 },
  );
  expect([status, stderr.toString()]).toEqual([0, '']);
  return stdout;
}
const meanError = (a: Uint8Array, b: Uint8Array, n: number): number => {
  let sum = 0;
  for (let i = 0; i < n; i += 1) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0));
  return sum / n;
};

describe.skipIf(!hasFfmpeg)('a JPEG picture', () => {
  it.each([
    [640, 360],
    [33, 17],
    [1, 1],
    [250, 401],
  ])('of %i × %i pixels is what was written, to another decoder', (width, height) => {
    const picture = draw(width, height);
    const jpeg = writeJpeg(picture, 90);
    expect(jpegSize(jpeg)).toEqual({ width, height });
    const back = decoded(jpeg);
    expect(back).toHaveLength(bytesOfI420(width, height));
    expect(meanError(back, picture.data, width * height)).toBeLessThan(3);
    const chroma = width * height;
    expect(meanError(back.subarray(chroma), picture.data.subarray(chroma), back.length - chroma)).toBeLessThan(4);
  });

  it('is smaller and worse with less quality', () => {
    const picture = draw(320, 180);
    const [good, poor] = [writeJpeg(picture, 90), writeJpeg(picture, 20)];
    expect(poor.length).toBeLessThan(good.length / 2);
    expect(meanError(decoded(poor), picture.data, 320 * 180)).toBeLessThan(12);
  });
});

describe('a picture made smaller', () => {
  it('keeps its shape and its means, by the least whole factor', () => {
    const picture = draw(1920, 1080);
    const small = shrink(picture, 960);
    expect([small.width, small.height, small.data.length]).toEqual([960, 540, bytesOfI420(960, 540)]);
    const mean = (data: Uint8Array, n: number): number => data.subarray(0, n).reduce((a, b) => a + b, 0) / n;
    expect(Math.abs(mean(small.data, 960 * 540) - mean(picture.data, 1920 * 1080))).toBeLessThan(1);
    expect(shrink(picture, 1920)).toBe(picture);
    expect(shrink(draw(1001, 7), 500)).toMatchObject({ width: 333, height: 2 });
  });
});
