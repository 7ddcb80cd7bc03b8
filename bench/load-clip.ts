/**
 * What the load cameras send: H.264, 20 fps, a key picture a second, 1080p with about 2 Mbit/s and 360p with about 0.4 Mbit/s; made
 * once with ffmpeg.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** First of `FFMPEG_BIN` and `ffmpeg` on the path. The benches compare with ffmpeg, so they need one. */
export function ffmpegPath(): string {
  const path = process.env['FFMPEG_BIN'] ?? 'ffmpeg';
  if (spawnSync(path, ['-version']).status !== 0)
    throw new Error('This bench needs ffmpeg: install it, or name it in FFMPEG_BIN.');
  return path;
}

type Kind = 'main' | 'sub';
const looks: Record<Kind, { name: string; size: string; rate: string }> = {
  main: { name: 'load-1080p20-2m', size: '1920x1080', rate: '2M' },
  sub: { name: 'load-360p20-400k', size: '640x360', rate: '400k' },
};

/** Path of the clip of a large or a small stream; 10 s long. */
export function loadClipPath(cache: string, say: (text: string) => void, kind: Kind = 'main'): string {
  const { name, size, rate } = looks[kind];
  const path = join(cache, `${name}.mp4`);
  if (existsSync(path)) return path;
  say(`making the load stream ${name} (once)`);
  const part = join(cache, `${name}-${process.pid}.mp4`);
  const source = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=20:duration=10,noise=alls=6:allf=t,format=yuv420p`];
  const rates = ['-b:v', rate, '-maxrate', rate, '-bufsize', rate];
  const keys = ['-g', '20', '-keyint_min', '20', '-sc_threshold', '0', '-bf', '0', '-x264-params', 'nal-hrd=cbr'];
  const { status } = spawnSync(
    ffmpegPath(),
    ['-loglevel', 'error', '-y', ...source, '-c:v', 'libx264', '-preset', 'veryfast', ...rates, ...keys, part],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (status !== 0) throw new Error('ffmpeg could not make the load stream (it needs libx264).');
  renameSync(part, path);
  return path;
}
