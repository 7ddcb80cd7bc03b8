import { blackRuns } from '#domain/blacken.ts';
import type { Polygon } from '#domain/place.ts';
import type { VideoTrack } from '#media/format.ts';
import type { Ffmpeg } from '../../engine/ffmpeg-port.ts';
import type { createChildren } from './child.ts';
import { nutFrameHead, nutHeader } from './nut-write.ts';

const atOnce = 2;
const maxWaiting = 32;
const limitMs = 5000;
const maxJpegBytes = 16 * 1024 * 1024;

/** Size of a picture that is at most `maxWidth` wide, in its own proportions, even as 4:2:0 wants it. */
export function fitWidth(width: number, height: number, maxWidth: number): { width: number; height: number } {
  const even = (n: number): number => Math.max(2, Math.round(n / 2) * 2);
  if (width <= maxWidth) return { width: even(width), height: even(height) };
  const fitted = Math.max(2, Math.floor(maxWidth / 2) * 2);
  return { width: fitted, height: even((height * fitted) / width) };
}

/** Cells across and down that areas are covered by: coarse, so that a command line holds the boxes of all zones a camera may have. */
const cells = { across: 128, down: 72 } as const;

/** Filters that cover areas of a picture of this size, and what is left of each cell that they touch, with black boxes. */
export function blackBoxes(areas: readonly Polygon[], width: number, height: number): string[] {
  const runs = blackRuns(areas, cells.across, cells.down);
  const boxes: string[] = [];
  for (let i = 0; i < runs.length; i += 3) {
    const [row, from, to] = [runs[i] ?? 0, runs[i + 1] ?? 0, runs[i + 2] ?? 0];
    const [x, y] = [Math.floor((from * width) / cells.across), Math.floor((row * height) / cells.down)];
    const [right, below] = [Math.ceil((to * width) / cells.across), Math.ceil(((row + 1) * height) / cells.down)];
    boxes.push(`drawbox=${x}:${y}:${right - x}:${below - y}:black:fill`);
  }
  return boxes;
}

/** Key frames to JPEG, two at a time; more wait, and more than 32 waiting are refused. */
export function createPictures(children: ReturnType<typeof createChildren>): Ffmpeg['jpeg'] {
  let busy = 0;
  const waiting: (() => void)[] = [];
  return async (track, key, maxWidth, black = []) => {
    if (busy >= atOnce) {
      if (waiting.length >= maxWaiting) throw new Error('too many pictures are asked for at once');
      await new Promise<void>((go) => waiting.push(go)); // its place is handed over by the one that ends
    } else busy += 1;
    try {
      return await onePicture(children, track, key, maxWidth, black);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else busy -= 1;
    }
  };
}

function onePicture(
  children: ReturnType<typeof createChildren>,
  track: VideoTrack,
  key: Uint8Array,
  maxWidth: number,
  black: readonly Polygon[],
): Promise<Uint8Array> {
  const { width, height } = fitWidth(track.width, track.height, maxWidth);
  return new Promise((done, failed) => {
    const child = children.start([
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error'],
      ...['-probesize', '32', '-analyzeduration', '0', '-threads', '1', '-max_pixels', '40000000'],
      ...['-f', 'nut', '-i', 'pipe:0', '-map', '0:v:0', '-frames:v', '1', '-filter_threads', '1'],
      ...[
        '-vf',
        [`scale=${width}:${height}`, ...blackBoxes(black, width, height)].join(','),
        '-pix_fmt',
        'yuvj420p',
        '-q:v',
        '4',
        '-threads',
        '1',
      ],
      ...['-c:v', 'mjpeg', '-f', 'image2pipe', 'pipe:1'],
    ]);
    const pieces: Buffer[] = [];
    let bytes = 0;
    const timer = setTimeout(() => child.kill(), limitMs);
    child.stdout.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > maxJpegBytes) child.kill();
      else pieces.push(piece);
    });
    child.onEnd(() => {
      clearTimeout(timer);
      const jpeg = Buffer.concat(pieces);
      const whole = jpeg.length > 4 && jpeg.readUInt16BE(0) === 0xffd8 && jpeg.readUInt16BE(jpeg.length - 2) === 0xffd9;
      if (whole) done(Uint8Array.from(jpeg));
      else failed(new Error(`ffmpeg made no picture: ${child.complaint() || 'it gave nothing within 5 s'}`));
    });
    child.stdin.write(nutHeader(track));
    child.stdin.write(nutFrameHead(0, true, key.length));
    child.stdin.end(key);
  });
}
