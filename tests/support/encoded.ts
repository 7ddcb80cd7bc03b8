/** Coded pictures and sound for tests, made by ffmpeg where there is one. */
import { spawnSync } from 'node:child_process';
import { isKeyPicture } from '#media/access-unit.ts';
import type { AccessUnit, VideoTrack } from '#media/format.ts';
import { h264Nal, h264Track, h264Type } from '#media/h264.ts';
import { h265Nal, h265Track, h265Type } from '#media/h265.ts';
import { splitAnnexB } from '#media/nal.ts';

const runs = (name: string): boolean => spawnSync(name, ['-version'], { stdio: 'ignore' }).status === 0;
/** Whether ffmpeg and ffprobe can be run here. */
export const hasFfmpeg = runs('ffmpeg') && runs('ffprobe');

export type Encoded = { track: VideoTrack; pictures: { nals: Uint8Array[]; key: boolean }[]; fps: number };

const length = (n: number): Uint8Array => Uint8Array.of(n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);

/** A picture as pieces: a length before each NAL unit, which stays where it is. */
export function pieces(nals: readonly Uint8Array[]): { data: Uint8Array[]; bytes: number } {
  const data = nals.flatMap((nal) => [length(nal.length), nal]);
  return { data, bytes: data.reduce((sum, p) => sum + p.length, 0) };
}

export type EncodeOptions = {
  codec: 'h264' | 'h265';
  frames: number;
  fps?: number;
  size?: string;
  /** Pictures from key frame to key frame. */
  gop?: number;
  bFrames?: number;
  openGop?: boolean;
  bitrate?: string;
};

/** Encodes a moving test picture. One slice per picture, so that a slice is a picture. */
export function encode(options: EncodeOptions): Encoded {
  const {
    codec,
    frames,
    fps = 20,
    size = '320x180',
    gop = 20,
    bFrames = 0,
    openGop = false,
    bitrate = '300k',
  } = options;
  const args = [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    `testsrc2=size=${size}:rate=${fps}`,
    '-frames:v',
    String(frames),
    '-pix_fmt',
    'yuv420p',
    '-b:v',
    bitrate,
  ];
  if (codec === 'h264') {
    args.push(
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-x264-params',
      `keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=${bFrames}:b-adapt=0:slices=1:threads=1:open-gop=0`,
      '-f',
      'h264',
      '-',
    );
  } else {
    args.push(
      '-c:v',
      'libx265',
      '-preset',
      'ultrafast',
      '-x265-params',
      `log-level=error:keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=${bFrames}:b-adapt=0:slices=1:open-gop=${openGop ? 1 : 0}:pools=1:frame-threads=1`,
      '-f',
      'hevc',
      '-',
    );
  }
  const run = spawnSync('ffmpeg', args, { maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(`ffmpeg: ${run.stderr.toString()}`);
  const nals = splitAnnexB(new Uint8Array(run.stdout));
  const type = codec === 'h264' ? h264Type : h265Type;
  const of = (wanted: number): Uint8Array[] => nals.filter((nal) => type(nal) === wanted);
  const one = (wanted: number): Uint8Array => {
    const [nal] = of(wanted);
    if (!nal) throw new Error('no parameter set');
    return nal;
  };
  const track =
    codec === 'h264'
      ? h264Track(one(h264Nal.sps), one(h264Nal.pps))
      : h265Track(one(h265Nal.vps), one(h265Nal.sps), one(h265Nal.pps));
  const isSlice = (nal: Uint8Array): boolean => (codec === 'h264' ? type(nal) >= 1 && type(nal) <= 5 : type(nal) < 32);
  const pictures = nals.filter(isSlice).map((nal) => ({ nals: [nal], key: isKeyPicture(codec, [nal]) }));
  return { track, pictures, fps };
}

/** JPEG pictures of a moving test picture. */
export function encodeJpegs(frames: number, fps: number, size: string): Uint8Array[] {
  const args = [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    `testsrc2=size=${size}:rate=${fps}`,
    '-frames:v',
    String(frames),
    '-c:v',
    'mjpeg',
    '-f',
    'image2pipe',
    '-',
  ];
  const all = new Uint8Array(spawnSync('ffmpeg', args, { maxBuffer: 1 << 28 }).stdout);
  const out: Uint8Array[] = [];
  let start = 0;
  for (let i = 2; i + 1 < all.length; i += 1) {
    if (all[i] !== 0xff || all[i + 1] !== 0xd8) continue; // an SOI marker cannot stand inside a picture of ffmpeg's
    out.push(all.subarray(start, i));
    start = i;
  }
  return [...out, all.subarray(start)];
}

/** Pictures as units without reordering: `startUs` is the time of the first one. */
export function unitsOf(encoded: Encoded, startUs: number): AccessUnit[] {
  return encoded.pictures.map((picture, i) => {
    const ptsUs = startUs + Math.round((i * 1e6) / encoded.fps);
    return { track: 'video', key: picture.key, ptsUs, dtsUs: ptsUs, ...pieces(picture.nals) };
  });
}

/** Sound of one codec in raw frames: AAC without ADTS, or 20 ms of G.711. */
export function encodeAudio(
  codec: 'aac' | 'pcmu' | 'pcma',
  seconds: number,
): { frames: Uint8Array[]; frameUs: number } {
  const source = [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    `sine=frequency=440:sample_rate=${codec === 'aac' ? 48_000 : 8000}`,
    '-t',
    String(seconds),
    '-ac',
    '1',
  ];
  if (codec === 'aac') {
    const out = spawnSync('ffmpeg', [...source, '-c:a', 'aac', '-f', 'adts', '-'], { maxBuffer: 1 << 26 }).stdout;
    const frames: Uint8Array[] = [];
    for (let at = 0; at + 7 <= out.length; ) {
      const size = (((out[at + 3] ?? 0) & 3) << 11) | ((out[at + 4] ?? 0) << 3) | ((out[at + 5] ?? 0) >> 5);
      if (size < 7) break;
      frames.push(new Uint8Array(out.subarray(at + 7, at + size)));
      at += size;
    }
    return { frames, frameUs: (1024 * 1e6) / 48_000 };
  }
  const out = spawnSync(
    'ffmpeg',
    [...source, '-c:a', codec === 'pcmu' ? 'pcm_mulaw' : 'pcm_alaw', '-f', codec === 'pcmu' ? 'mulaw' : 'alaw', '-'],
    { maxBuffer: 1 << 26 },
  ).stdout;
  const frames: Uint8Array[] = [];
  for (let at = 0; at + 160 <= out.length; at += 160) frames.push(new Uint8Array(out.subarray(at, at + 160)));
  return { frames, frameUs: 20_000 };
}

/** Lines that ffprobe or ffmpeg complain with; empty for a file that is right. */
export function complaints(path: string): string[] {
  const probe = spawnSync('ffprobe', ['-v', 'warning', '-show_entries', 'packet=pts', '-of', 'csv', path], {
    maxBuffer: 1 << 26,
  });
  const decode = spawnSync('ffmpeg', ['-v', 'warning', '-xerror', '-i', path, '-f', 'null', '-'], {
    maxBuffer: 1 << 26,
  });
  return [
    probe.stderr.toString(),
    decode.stderr.toString(),
    decode.status === 0 ? '' : `ffmpeg ended with ${decode.status}`,
  ]
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.trim() !== '' && !line.startsWith('Guessed Channel Layout')); // a remark, not a complaint
}

export type ProbedPacket = { ptsUs: number; dtsUs: number; key: boolean; bytes: number };

/** What ffprobe finds in a file: `stream` is `v` or `a`. */
export function probe(path: string, stream: 'v' | 'a'): ProbedPacket[] {
  const run = spawnSync(
    'ffprobe',
    [
      '-v',
      'error',
      '-select_streams',
      stream,
      '-show_entries',
      'packet=pts_time,dts_time,size,flags',
      '-of',
      'json',
      path,
    ],
    { maxBuffer: 1 << 28 },
  );
  const parsed = JSON.parse(run.stdout.toString()) as {
    packets: { pts_time: string; dts_time: string; size: string; flags: string }[];
  };
  const us = (text: string): number => Math.round(Number(text) * 1e6);
  return parsed.packets.map((p) => ({
    ptsUs: us(p.pts_time),
    dtsUs: us(p.dts_time),
    key: p.flags.startsWith('K'),
    bytes: Number(p.size),
  }));
}
