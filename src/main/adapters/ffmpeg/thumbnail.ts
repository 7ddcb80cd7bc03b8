/** Key frames to thumbnails: small JPEG pictures for scrubbing and searching by eye. */
import { thumbnailSize } from '#domain/thumbnail.ts';
import type { Ffmpeg } from '../../engine/ports.ts';
import type { createChildren } from './child.ts';
import { createKeyDecoders } from './key-decoder.ts';

const { width, height } = thumbnailSize;

/** The whole picture, whatever its shape, in the middle of a frame of one size: the encoder of a running child keeps its size. */
const fit = [
  `scale=${width}:${height}:force_original_aspect_ratio=decrease:flags=bilinear`,
  `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2`,
  'format=yuvj420p',
].join(',');

/** Key frames to JPEG pictures of `thumbnailSize`, one after the other; more than 8 waiting are refused. */
export function createThumbnails(children: ReturnType<typeof createChildren>): Ffmpeg['thumbnail'] {
  const decode = createKeyDecoders(children, {
    width,
    height,
    filter: fit,
    arguments_: ['-c:v', 'mjpeg', '-q:v', '6', '-huffman', 'optimal'],
    isWhole: (data) => data[0] === 0xff && data[1] === 0xd8 && data.at(-2) === 0xff && data.at(-1) === 0xd9,
  });
  return (track, key) => decode(track, [key]);
}
