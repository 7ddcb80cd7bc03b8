/** Coded pictures to small grey ones for the analysis. */
import type { VideoTrack } from '#media/format.ts';
import type { createChildren } from './child.ts';
import { createKeyDecoders } from './key-decoder.ts';

const size = { width: 320, height: 180 };

/** To grey pictures of 320 × 180, one after the other; more than 8 waiting are refused. */
export const createGreys = (
  children: ReturnType<typeof createChildren>,
): ((track: VideoTrack, units: readonly Uint8Array[]) => Promise<Uint8Array>) =>
  createKeyDecoders(children, {
    ...size,
    filter: `scale=${size.width}:${size.height}:flags=fast_bilinear,format=gray`,
    arguments_: ['-c:v', 'rawvideo'],
    isWhole: (data) => data.length === size.width * size.height,
  });
