/** Coded pictures in their own size, as planes, for the detectors. */
import type { VideoTrack } from '#media/format.ts';
import { bytesOfI420, type I420 } from '#media/i420.ts';
import type { createChildren } from './child.ts';
import { createKeyDecoders } from './key-decoder.ts';

/**
 * To I420, one after the other; more than 8 waiting are refused. From ffmpeg 4.4 on one child per codec serves all
 * sizes; an older one has a child for each, six at most.
 */
export function createNatives(
  children: ReturnType<typeof createChildren>,
  version: string,
): (track: VideoTrack, units: readonly Uint8Array[]) => Promise<I420> {
  const mixed = keepsSizes(version);
  const decode = createKeyDecoders(children, {
    ...{ width: 640, height: 360 },
    filter: 'format=yuv420p',
    arguments_: [...(mixed ? ['-autoscale', '0'] : []), '-c:v', 'rawvideo'],
    isWhole: (data, { width, height }) => data.length === bytesOfI420(width, height),
    ...(!mixed && { childOf: (t: VideoTrack) => `${t.codec} ${String(t.width)}x${String(t.height)}` }),
  });
  return async (track, units) => {
    const data = await decode(track, units);
    return { width: track.width, height: track.height, data };
  };
}

/** Whether it can give each picture in its own size (`-autoscale 0`, ffmpeg 4.4). What calls itself otherwise is not asked to. */
export function keepsSizes(version: string): boolean {
  const found = /^n?(\d+)\.(\d+)/.exec(version);
  return found !== null && Number(found[1]) * 100 + Number(found[2]) >= 404;
}
