/** The stream that the load cameras send: 1080p H.264, 20 fps, about 2 Mbit/s, a key picture a second; made once with ffmpeg. */
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

/** Path of the clip; 10 s long. */
export function loadClipPath(cache: string, say: (text: string) => void): string {
  const path = join(cache, 'load-1080p20-2m.mp4');
  if (existsSync(path)) return path;
  say('making the load stream (once)');
  const part = join(cache, `load-${process.pid}.mp4`);
  const source = [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=size=1920x1080:rate=20:duration=10,noise=alls=6:allf=t,format=yuv420p',
  ];
  const rate = ['-b:v', '2M', '-maxrate', '2M', '-bufsize', '2M'];
  const keys = ['-g', '20', '-keyint_min', '20', '-sc_threshold', '0', '-bf', '0', '-x264-params', 'nal-hrd=cbr'];
  const { status } = spawnSync(
    ffmpegPath(),
    ['-loglevel', 'error', '-y', ...source, '-c:v', 'libx264', '-preset', 'veryfast', ...rate, ...keys, part],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (status !== 0) throw new Error('ffmpeg could not make the load stream (it needs libx264).');
  renameSync(part, path);
  return path;
}
