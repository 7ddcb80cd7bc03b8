/** Encodes what was drawn: constant frame rate, no B-frames, closed GOPs of 1 s (main) and 2 s (sub), two passes to a size. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { corridorSound } from './sound.mjs';

const ffmpegBin = process.env.FFMPEG_BIN ?? 'ffmpeg';
const quiet = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y'];

async function run(args) {
  const child = spawn(ffmpegBin, [...quiet, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}: ${args.join(' ')}`);
}

/** Takes pictures as JPEG one by one and keeps them nearly lossless in a temporary file. */
export async function openMaster(name, fps) {
  const dir = await mkdtemp(join(tmpdir(), 'demo-clip-'));
  const path = join(dir, `${name}.mkv`);
  const child = spawn(
    ffmpegBin,
    [
      '-hide_banner',
      '-loglevel',
      'error',
      '-y',
      '-f',
      'image2pipe',
      '-c:v',
      'mjpeg',
      '-framerate',
      String(fps),
      '-i',
      'pipe:0',
      '-vf',
      'scale=in_range=full:out_range=tv:out_color_matrix=bt709,format=yuv420p',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-qp',
      '6',
      path,
    ],
    { stdio: ['pipe', 'inherit', 'inherit'] },
  );
  const ended = once(child, 'exit');
  return {
    path,
    async add(jpeg) {
      if (!child.stdin.write(jpeg)) await once(child.stdin, 'drain');
    },
    async close() {
      child.stdin.end();
      const [code] = await ended;
      if (code !== 0) throw new Error(`ffmpeg ended with ${code} while it took the pictures`);
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

const colour = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'];

async function encodeVideo({ input, output, codec, kbps, fps, gop, size }) {
  const filter = size ? ['-vf', `scale=${size}:flags=area`] : [];
  const keys = `keyint=${gop * fps}:min-keyint=${gop * fps}:scenecut=0:bframes=0`;
  const stats = `${output}.log`;
  for (const pass of [1, 2]) {
    const coder =
      codec === 'h264'
        ? [
            '-c:v',
            'libx264',
            '-preset',
            'slower',
            '-profile:v',
            'high',
            '-pass',
            String(pass),
            '-passlogfile',
            stats,
            '-x264-params',
            `${keys}:open-gop=0:vbv-maxrate=${kbps * 3}:vbv-bufsize=${kbps * 3}`,
          ]
        : [
            '-c:v',
            'libx265',
            '-preset',
            'slow',
            '-tag:v',
            'hvc1',
            '-x265-params',
            `${keys}:open-gop=0:info=0:log-level=error:pass=${pass}:stats=${stats}`,
          ];
    const target =
      pass === 1
        ? ['-f', 'null', '-']
        : ['-video_track_timescale', '90000', '-map_metadata', '-1', '-fflags', '+bitexact', output];
    await run(['-i', input, '-an', ...filter, ...coder, '-b:v', `${kbps}k`, ...colour, '-r', String(fps), ...target]);
  }
  for (const end of ['', '.cutree', '-0.log', '-0.log.mbtree']) await rm(`${stats}${end}`, { force: true });
}

/** Three rounds are encoded and the middle one is kept, so that the loop has no click. */
async function encodeSound(dir) {
  const wav = join(dir, 'sound.wav');
  const aac = join(dir, 'sound.m4a');
  await writeFile(wav, corridorSound(3));
  await run(['-i', wav, '-c:a', 'aac', '-b:a', '24k', '-ac', '1', '-ar', '16000', aac]);
  return aac;
}

/** One more look of a camera that can turn its head: the same length, a key picture every two seconds in both streams. */
export async function encodeView(name, { codec, fps, viewKbps }, master, out) {
  const parts = [
    { codec, kbps: viewKbps.main, output: join(out, `${name}-main.mp4`) },
    { codec: 'h264', kbps: viewKbps.sub, size: '640:360', output: join(out, `${name}-sub.mp4`) },
  ];
  for (const part of parts) await encodeVideo({ ...part, input: master, fps, gop: 2 });
}

export async function encodeScene(name, scene, master, out) {
  const { codec, kbps, fps, sub, sound } = scene;
  const main = join(out, `${name}-main.mp4`);
  if (sound) {
    const dir = await mkdtemp(join(tmpdir(), 'demo-sound-'));
    const silent = join(dir, 'silent.mp4');
    await encodeVideo({ input: master, output: silent, codec, kbps, fps, gop: 1 });
    const aac = await encodeSound(dir);
    await run([
      '-i',
      silent,
      '-ss',
      '24',
      '-t',
      '24',
      '-i',
      aac,
      '-map',
      '0:v',
      '-map',
      '1:a',
      '-c',
      'copy',
      '-map_metadata',
      '-1',
      '-video_track_timescale',
      '90000',
      '-frames:a',
      '375',
      '-fflags',
      '+bitexact',
      main,
    ]);
    await rm(dir, { recursive: true, force: true });
  } else await encodeVideo({ input: master, output: main, codec, kbps, fps, gop: 1 });
  if (sub)
    await encodeVideo({
      input: master,
      output: join(out, `${name}-sub.mp4`),
      codec: 'h264',
      kbps: sub.kbps,
      fps,
      gop: 2,
      size: '640:360',
    });
}
