/** Pictures of files for the evaluation, as the analysis gets them: grey and small, and as planes in their own size. */
import { spawn } from 'node:child_process';
import { greyHeight, greyWidth } from '#domain/grey-size.ts';
import { bytesOfI420, type I420 } from '#media/i420.ts';
import { StationError } from './stop-with.ts';

/** What comes out of ffmpeg, in pieces of `size` bytes. Throws `StationError` with its last line. */
async function* pieces(ffmpeg: string, path: string, filter: string, size: number): AsyncGenerator<Uint8Array> {
  const child = spawn(
    ffmpeg,
    [
      ...['-hide_banner', '-nostdin', '-v', 'error', '-threads', '1', '-i', path, '-map', '0:v:0'],
      ...['-vf', filter, '-vsync', 'passthrough', '-f', 'rawvideo', 'pipe:1'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true },
  );
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  const ended = new Promise<number | null>((done, failed) => {
    child.on('error', failed);
    child.on('close', done);
  });
  try {
    let held: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      held.push(chunk);
      bytes += chunk.length;
      if (bytes < size) continue;
      const all = Buffer.concat(held);
      let at = 0;
      for (; at + size <= all.length; at += size) yield Uint8Array.from(all.subarray(at, at + size));
      held = [all.subarray(at)];
      bytes = all.length - at;
    }
    const code = await ended;
    if (code !== 0) throw new StationError(`${path} cannot be decoded: ${complaint.trim().split('\n').at(-1) ?? ''}`);
  } finally {
    child.kill('SIGKILL');
  }
}

/** Which frames of a clip: each `every`-th, those so many after each of them, and some by number. */
export type EvalChoice = { every: number; second: number | null; also: readonly number[] };

const isTurn = (n: number, { every }: EvalChoice): boolean => n % every === 0;
const isSecond = (n: number, { every, second }: EvalChoice): boolean => second !== null && n % every === second;
const select = (choice: EvalChoice): string => {
  const { every, second, also } = choice;
  const named = also.filter((n) => !isTurn(n, choice) && !isSecond(n, choice)).map((n) => `eq(n\\,${n})`);
  const after = second === null ? [] : [`eq(mod(n\\,${every})\\,${second})`];
  return `select='${[`not(mod(n\\,${every}))`, ...after, ...named].join('+')}'`;
};
const toGrey = `scale=${greyWidth}:${greyHeight}:flags=fast_bilinear,format=gray`;

/** `second`: looked at only where something is to be made sure of. */
export type EvalFrame = { frame: number; second: boolean; grey: Uint8Array; picture: I420 };

/** Frames of a clip in their order. */
export async function* framesOf(
  ffmpeg: string,
  clip: { path: string; width: number; height: number },
  choice: EvalChoice,
): AsyncGenerator<EvalFrame> {
  const { path, width, height } = clip;
  const chosen = select(choice);
  const natives = pieces(ffmpeg, path, `${chosen},format=yuv420p`, bytesOfI420(width, height));
  const greys = pieces(ffmpeg, path, `${chosen},${toGrey}`, greyWidth * greyHeight);
  const also = new Set(choice.also);
  let frame = -1;
  try {
    for await (const data of natives) {
      const small = await greys.next();
      if (small.done === true) return;
      do frame += 1;
      while (!isTurn(frame, choice) && !isSecond(frame, choice) && !also.has(frame));
      const second = !isTurn(frame, choice) && !also.has(frame);
      yield { frame, second, grey: small.value, picture: { width, height, data } };
    }
  } finally {
    await greys.return(undefined);
  }
}

/** One still picture. */
export async function pictureOf(ffmpeg: string, still: { path: string; width: number; height: number }): Promise<I420> {
  const { path, width, height } = still;
  const filter = 'scale=out_color_matrix=bt601:out_range=tv,format=yuv420p';
  for await (const data of pieces(ffmpeg, path, filter, bytesOfI420(width, height))) return { width, height, data };
  throw new StationError(`${path} holds no picture.`);
}
