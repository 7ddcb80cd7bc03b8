/** The labelled clip of four visits as a camera's main stream would be: H.264, a key picture a second. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ffmpegBin } from './grey.ts';
import { mediaDir } from './media.ts';

export const visitsSeconds = 88;
/** Somebody is there, [from, to) in seconds (clips.json). */
export const visits = [
  [6, 19.5],
  [22.5, 44.5],
  [50, 69.5],
  [74.5, 86.5],
] as const;

/** 640 × 360, 10 pictures a second. Throws what ffmpeg says. */
export function makeVisitsClip(path: string): void {
  const { status, stderr } = spawnSync(ffmpegBin, [
    ...['-v', 'error', '-i', join(mediaDir, 'clips', 'person_visits_a.mp4'), '-t', String(visitsSeconds), '-an'],
    ...['-vf', 'scale=640:360', '-r', '10', '-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', '-g', '10'],
    ...['-sc_threshold', '0', '-pix_fmt', 'yuv420p', path],
  ]);
  if (status !== 0) throw new Error(`ffmpeg could not make the clip: ${String(stderr)}`);
}
