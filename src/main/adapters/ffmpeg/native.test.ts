import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { bytesOfI420 } from '#media/i420.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import { encode, hasFfmpeg, pieces, type EncodeOptions } from '../../../../tests/support/encoded.ts';
import { uneased } from '../../../../tests/support/uneased.ts';
import { createChildren } from './child.ts';
import { createGreys } from './grey.ts';
import { createNatives, keepsSizes } from './native.ts';

function keyOf(options: Omit<EncodeOptions, 'frames'>) {
  const { track, pictures } = encode({ ...options, frames: 4 });
  const [first] = pictures.filter((p) => p.key);
  return { track, key: Uint8Array.from(Buffer.concat(pieces(first!.nals).data)) };
}

/** A JPEG of a small camera: far less high than what a decoder is begun with. */
function jpegOf(width: number, height: number) {
  const args = ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=${String(width)}x${String(height)}:rate=20`];
  const { stdout } = spawnSync('ffmpeg', [...args, '-frames:v', '1', '-c:v', 'mjpeg', '-f', 'image2pipe', '-']);
  return { track: mjpegTrack(width, height), key: Uint8Array.from(stdout) };
}

describe.skipIf(!hasFfmpeg)('pictures of their own size', () => {
  const children = uneased(createChildren(process.env['FFMPEG_BIN'] ?? 'ffmpeg'));
  afterAll(() => {
    children.stop();
  });
  const cameras = [
    keyOf({ codec: 'h264', size: '640x360' }),
    keyOf({ codec: 'h264', size: '480x270' }),
    keyOf({ codec: 'h265', size: '640x480' }),
    jpegOf(320, 180),
    jpegOf(224, 126),
  ];

  it.each(['5.1', '3.2'])('come as they are, the picture of each to each (ffmpeg %s)', async (version) => {
    const native = createNatives(children, version);
    const grey = createGreys(children);
    for (const { track, key } of [...cameras, ...cameras]) {
      const picture = await native(track, [key]);
      expect([picture.width, picture.height]).toEqual([track.width, track.height]);
      expect(picture.data).toHaveLength(bytesOfI420(track.width, track.height));
      // The same scene as the small grey one: compared in 16 × 9 places.
      const small = await grey(track, [key]);
      let apart = 0;
      for (let y = 0; y < 9; y += 1)
        for (let x = 0; x < 16; x += 1) {
          const [gx, gy] = [x * 20 + 10, y * 20 + 10];
          const [px, py] = [
            Math.floor(((gx + 0.5) * track.width) / 320),
            Math.floor(((gy + 0.5) * track.height) / 180),
          ];
          const full = ((picture.data[py * track.width + px] ?? 0) - 16) * (255 / 219);
          if (Math.abs(full - (small[gy * 320 + gx] ?? 0)) > 40) apart += 1;
        }
      expect(apart).toBeLessThan(15);
    }
  });
});

it('is known of an ffmpeg by its version', () => {
  const known = ['4.4', '5.1.6-0+deb12u1', 'n7.0', '10.2'].map(keepsSizes);
  expect(known).toEqual([true, true, true, true]);
  expect(['4.3.2', '3.2', 'N-92718-g092cb17983', '2018-12-31'].map(keepsSizes)).toEqual([false, false, false, false]);
});
