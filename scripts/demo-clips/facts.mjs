/** What a camera knows of its clip besides the clip: when something moves in it, and JPEG stills of it for snapshots. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const ffmpegBin = process.env.FFMPEG_BIN ?? 'ffmpeg';
const cjpegBin = process.env.CJPEG_BIN ?? 'cjpeg';

/** How many seconds motion lasts at least. */
const holdSeconds = 1;

async function through(bin, args, input) {
  const child = spawn(bin, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const parts = [];
  child.stdout.on('data', (part) => parts.push(part));
  const ended = once(child, 'close');
  child.stdin.end(input);
  const [code] = await ended;
  if (code !== 0) throw new Error(`${bin} ended with ${code}`);
  return Buffer.concat(parts);
}

/**
 * A restart marker every five blocks: what does not move is then the same bytes in every still, and one compression over all
 * of them keeps it once.
 */
async function still(jpeg) {
  const ppm = await through(
    ffmpegBin,
    [
      '-loglevel',
      'error',
      '-f',
      'mjpeg',
      '-i',
      'pipe:0',
      '-vf',
      'scale=480:270:flags=area',
      '-f',
      'image2pipe',
      '-c:v',
      'ppm',
      'pipe:1',
    ],
    jpeg,
  );
  return through(cjpegBin, ['-quality', '62', '-sample', '2x2', '-restart', '5B'], ppm);
}

/** Picture numbers [from, to) in which at least the share `least` of the picture moves, joined over short rests. */
export function motionSpans(moved, fps, least) {
  const spans = [];
  moved.forEach((share, n) => {
    if (share < least) return;
    const last = spans.at(-1);
    if (last && n <= last[1]) last[1] = Math.max(last[1], n + holdSeconds * fps);
    else spans.push([n, n + holdSeconds * fps]);
  });
  return spans.map(([from, to]) => [from, Math.min(to, moved.length)]);
}

export function openFacts(name, { fps, stillEvery, motionFrom }) {
  const moved = [];
  const stills = [];
  return {
    async add(n, jpeg, share) {
      moved[n] = share;
      if (n % stillEvery === 0) stills.push(await still(jpeg));
    },
    async write(out) {
      const facts = { fps, pictures: moved.length, stillEvery, motion: motionSpans(moved, fps, motionFrom) };
      await writeFile(join(out, `${name}-facts.json`), `${JSON.stringify(facts)}\n`);
      const body = Buffer.concat(
        stills.flatMap((jpeg) => {
          const head = Buffer.alloc(4);
          head.writeUInt32BE(jpeg.length);
          return [head, jpeg];
        }),
      );
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 };
      await writeFile(join(out, `${name}-stills.br`), brotliCompressSync(body, { params }));
    },
    moved,
  };
}
