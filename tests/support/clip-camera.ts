/** A camera that shows a clip over RTSP on loopback, over and over, as live as a real one. */
import { spawnSync } from 'node:child_process';
import { isKeyPicture } from '#media/access-unit.ts';
import { h264Nal, h264Type } from '#media/h264.ts';
import { splitAnnexB } from '#media/nal.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import type { Clip } from '../../src/main/demo/clip.ts';
import { createMount } from '../../src/main/demo/mount.ts';
import { packetize } from '../../src/main/demo/packetize.ts';
import { createRtspServer } from '../../src/main/demo/rtsp-server.ts';
import { ffmpegBin } from './grey.ts';

export type ClipSource = {
  /** A file and how much of it, seconds; or grey pictures as they are drawn. */
  from: { path: string; seconds: number } | { drawn: Iterable<Uint8Array>; width: number; height: number };
  width: number;
  height: number;
  fps: number;
  /** Pictures from key frame to key frame. */
  gop: number;
};

/** Encoded as a camera does: no B-frames, one slice a picture. */
export function encodeClip({ from, width, height, fps, gop }: ClipSource): Clip {
  const input =
    'path' in from
      ? ['-t', String(from.seconds), '-i', from.path]
      : ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${from.width}x${from.height}`, '-r', String(fps), '-i', 'pipe:0'];
  const { stdout, stderr, status } = spawnSync(
    ffmpegBin,
    [
      ...['-v', 'error', ...input, '-an', '-vf', `fps=${fps},scale=${width}:${height}`, '-pix_fmt', 'yuv420p'],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '25', '-x264-params'],
      `keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=0:slices=1:threads=1`,
      ...['-f', 'h264', 'pipe:1'],
    ],
    { maxBuffer: 2 ** 29, ...('drawn' in from && { input: Buffer.concat([...from.drawn]) }) },
  );
  if (status !== 0) throw new Error(`ffmpeg could not encode a clip: ${String(stderr)}`);
  const nals = splitAnnexB(new Uint8Array(stdout));
  const first = (type: number): Uint8Array => {
    const nal = nals.find((n) => h264Type(n) === type);
    if (nal === undefined) throw new Error('the clip has no parameter set');
    return nal;
  };
  const pictures = nals
    .filter((nal) => h264Type(nal) >= 1 && h264Type(nal) <= 5)
    .map((nal) => ({ nals: [nal], key: isKeyPicture('h264', [nal]) }));
  return {
    ...{ codec: 'h264', width, height, fps, pictures, audio: null },
    parameterSets: [first(h264Nal.sps), first(h264Nal.pps)],
  };
}

/** One after the other, as a camera does whose picture is set to another size meanwhile: each key picture has its own parameter sets. */
export function joinClips(parts: readonly Clip[]): Clip {
  const [first] = parts;
  if (first === undefined) throw new Error('there is no clip to join');
  const pictures = parts.flatMap(({ parameterSets, pictures: of }) =>
    of.map((p) => (p.key ? { ...p, nals: [...parameterSets, ...p.nals] } : p)),
  );
  return { ...first, pictures, parameterSets: [] };
}

export type ClipCamera = {
  url: string;
  /** When the clip began, on the station's clock, ms. */
  beganMs: number;
  stop(): Promise<void>;
};

export async function startClipCamera(clip: Clip): Promise<ClipCamera> {
  const mount = createMount({
    ...{ path: '/main', clip, packets: packetize(clip), clock: systemClock, startMs: systemClock.monoMs() },
  });
  const server = createRtspServer({ clock: systemClock, log: quietLog, mounts: [mount], user: null });
  const port = await server.start();
  mount.start();
  return {
    url: `rtsp://127.0.0.1:${port}/main`,
    beganMs: systemClock.nowMs() - (systemClock.monoMs() - mount.startMs),
    async stop() {
      mount.stop();
      await server.stop();
    },
  };
}
