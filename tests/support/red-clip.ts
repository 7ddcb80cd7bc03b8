/** Films of a red block before grey, which the red model takes for a car: where it is at each second is known. */
import { spawnSync } from 'node:child_process';
import { ffmpegBin } from './grey.ts';

/** The block, in pixels of 640 × 360. */
export const redBlock = { width: 80, height: 50, y: 200 } as const;

/** `x`: the block's left edge in pixels, an expression of ffmpeg with the time `t` in seconds. 640 × 360, 10 pictures a second. */
export function makeRedClip(path: string, seconds: number, x: string): void {
  const { width, height, y } = redBlock;
  const { status, stderr } = spawnSync(ffmpegBin, [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', 'color=c=0xc0c0c0:size=640x360:rate=10'],
    ...['-f', 'lavfi', '-i', `color=c=0xd02020:size=${width}x${height}:rate=10`],
    ...['-filter_complex', `[0:v][1:v]overlay=x='${x}':y=${y}:shortest=1`, '-t', String(seconds), '-an'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-pix_fmt', 'yuv420p', path],
  ]);
  if (status !== 0) throw new Error(`ffmpeg could not make the clip: ${String(stderr)}`);
}
