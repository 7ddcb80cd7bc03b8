/** Key frames to thumbnails: small JPEG pictures for scrubbing and searching by eye. */
import { blackenPicture, blackRuns } from '#domain/blacken.ts';
import { thumbnailSize } from '#domain/thumbnail.ts';
import { writeJpeg } from '#media/jpeg-write.ts';
import type { Ffmpeg } from '../../engine/ffmpeg-port.ts';
import type { createChildren } from './child.ts';
import { createKeyDecoders } from './key-decoder.ts';
import { createNatives } from './native.ts';

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

/** Of what is encoded once more: higher than at first, so that little is lost again. */
const quality = 85;

/** Where a picture of these proportions stands in a thumbnail, as `fit` put it there: 0 … 1 of the thumbnail. */
function standing(of: { width: number; height: number }): { x: number; y: number; width: number; height: number } {
  const scale = Math.min(width / of.width, height / of.height);
  const [w, h] = [Math.min(1, (of.width * scale) / width), Math.min(1, (of.height * scale) / height)];
  return { x: (1 - w) / 2, y: (1 - h) / 2, width: w, height: h };
}

/** Thumbnails with what is private of them black. They are decoded one after the other; more than 8 waiting are refused. */
export function createBlackened(children: ReturnType<typeof createChildren>, version: string): Ffmpeg['blacken'] {
  const decode = createNatives(children, version);
  const track = { kind: 'video', codec: 'mjpeg', codecString: '', config: new Uint8Array(0), width, height } as const;
  return async (thumbnail, of, areas) => {
    const place = standing(of);
    const inIt = areas.map((points) =>
      points.map(({ x, y }) => ({ x: place.x + x * place.width, y: place.y + y * place.height })),
    );
    const picture = await decode(track, [thumbnail]);
    blackenPicture(picture, blackRuns(inIt, width, height));
    return writeJpeg(picture, quality);
  };
}
