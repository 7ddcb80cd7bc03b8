/** Which profiles of a device become a camera's main and sub stream, by what these are for. Pure. */
import type { DeviceProfile, VideoCodec } from '../device.ts';
import { StreamUrl } from '../stream.ts';

/** A profile that can be taken: it shows a picture and has a usable address. */
export type UsableProfile = DeviceProfile & {
  streamUrl: StreamUrl;
  video: NonNullable<DeviceProfile['video']>;
};

/** Codecs that are recorded, best first. */
const recordable: VideoCodec[] = ['h264', 'h265', 'mjpeg'];
/** Below this width a sub stream shows too little on a wall tile and to a detector. */
export const leastSubWidth = 320;

export const isUsable = (p: DeviceProfile): p is UsableProfile =>
  p.video !== null && recordable.includes(p.video.codec) && StreamUrl.safeParse(p.streamUrl).success;

const area = (p: UsableProfile): number => p.video.width * p.video.height;
const modern = (p: UsableProfile): boolean => p.video.codec !== 'mjpeg';

/**
 * Main: the largest picture that can be recorded well (H.264 or H.265; Motion JPEG only where there is nothing else), then
 * the one with more frames. Sub: the smallest at least 320 wide that a wall can show and an analysis can decode cheaply:
 * H.264, else the codec of main; always smaller than main. Null where nothing can be taken.
 */
export function chooseStreams(profiles: DeviceProfile[]): { main: UsableProfile; sub: UsableProfile | null } | null {
  const usable = profiles.filter(isUsable);
  const best = (a: UsableProfile, b: UsableProfile): UsableProfile => {
    if (modern(a) !== modern(b)) return modern(a) ? a : b;
    if (area(a) !== area(b)) return area(a) > area(b) ? a : b;
    const [fa, fb] = [a.video.fps ?? 0, b.video.fps ?? 0];
    if (fa !== fb) return fa > fb ? a : b;
    return (b.video.bitsPerSecond ?? 0) > (a.video.bitsPerSecond ?? 0) ? b : a;
  };
  const [first, ...others] = usable;
  if (first === undefined) return null;
  const main = others.reduce(best, first);
  const small = usable.filter((p) => p.token !== main.token && area(p) < area(main) && p.video.width >= leastSubWidth);
  const fit = (codec: VideoCodec): UsableProfile | null =>
    small
      .filter((p) => p.video.codec === codec)
      .reduce<UsableProfile | null>((a, b) => (a === null || area(b) < area(a) ? b : a), null);
  return { main, sub: fit('h264') ?? fit(main.video.codec) };
}

/** Profiles by the video source they show, in the device's order; those of one source are streams of one camera. */
export function bySource(profiles: DeviceProfile[]): { source: string | null; profiles: DeviceProfile[] }[] {
  const groups = new Map<string | null, DeviceProfile[]>();
  for (const p of profiles) groups.set(p.source, [...(groups.get(p.source) ?? []), p]);
  return [...groups].map(([source, of]) => ({ source, profiles: of }));
}
