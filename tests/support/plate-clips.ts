/** Clips with a number plate, made of a labelled picture beside the project (docs/eval.md). */
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { ffmpegBin } from './grey.ts';
import { mediaDir } from './media.ts';

const root = join(import.meta.dirname, '../..');
/** What stands on the plate. */
export const plateOnClip = 'B96SXV';

/** Clips of the virtual camera "Gate" in which the back of a car, with its plate, goes to and fro before an empty wall. */
export function drive(dir: string): void {
  cpSync(join(root, 'resources', 'demo'), dir, { recursive: true });
  const car = join(mediaDir, 'plates', 'images', 'ro_028.jpg');
  for (const [name, size] of [
    ['gate-main.mp4', '1280:720'],
    ['gate-sub.mp4', '640:360'],
  ] as const) {
    const graph =
      '[1:v]crop=520:300:230:400[car];[0:v][car]overlay=x=360+300*sin(t*PI/4):y=360:shortest=1,' +
      `scale=${size},format=yuv420p`;
    const { status, stderr } = spawnSync(ffmpegBin, [
      ...[
        '-v',
        'error',
        '-y',
        '-f',
        'lavfi',
        '-i',
        'color=gray:size=1280x720:rate=10',
        '-loop',
        '1',
        '-framerate',
        '10',
      ],
      ...['-i', car, '-filter_complex', graph, '-t', '16', '-an', '-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0'],
      ...[
        '-g',
        '10',
        '-keyint_min',
        '10',
        '-sc_threshold',
        '0',
        '-crf',
        '20',
        '-movflags',
        '+faststart',
        join(dir, name),
      ],
    ]);
    if (status !== 0) throw new Error(String(stderr));
  }
}
