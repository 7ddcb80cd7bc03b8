/**
 * The clips of `bench watch`: H.264, 640×360, about 0.4 Mbit/s, 10 fps and a key picture a second or as asked for; drawn here and
 * made once with ffmpeg.
 * All of one scene and of the same length, so that a stream can change from one to another at any loop.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { ffmpegPath } from './load-clip.ts';
import { drawLoop, height, width } from './watch-scene.ts';
import { passes, type WatchFilm } from './watch-schedule.ts';

/** Of a picture, as the station's own setting has it: what covers less is no motion. */
const leastSeen = 0.002 * width * height;
/** Another drawing gets another name: clips of older ones lie in the same folder. */
const drawing = 'yard-1';

export type WatchClips = {
  /** Nobody is there. */
  still: string;
  passes: string[];
  /** Two walk all the time; five key pictures a second. */
  stir: string;
  /** Of each pass: its first picture in which somebody is seen (`leastSeen`), and the last. */
  seen: { from: number; to: number }[];
};

type Kind = { pass: number | 'stir' | null; keyEvery: number; rate: string };

async function makeClip(path: string, kind: Kind, film: WatchFilm): Promise<{ from: number; to: number }> {
  const rates = ['-b:v', kind.rate, '-maxrate', kind.rate, '-bufsize', kind.rate];
  const keys = ['-g', `${kind.keyEvery}`, '-keyint_min', `${kind.keyEvery}`, '-sc_threshold', '0', '-bf', '0'];
  const child = spawn(
    ffmpegPath(),
    [
      ...['-loglevel', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`],
      ...['-r', `${film.fps}`, '-i', 'pipe:0', '-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'main'],
      // All with the same parameter sets: a decoder goes from one to the other.
      ...['-level', '3.0', '-x264-params', 'stitchable=1', ...rates, ...keys, path],
    ],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const ended = once(child, 'exit') as Promise<[number | null]>;
  let [from, to, n] = [-1, -1, 0];
  await pipeline(
    Readable.from(
      (function* () {
        for (const { picture, seen } of drawLoop(kind.pass, film)) {
          if (seen >= leastSeen) {
            if (from < 0) from = n;
            to = n;
          }
          n += 1;
          yield Buffer.from(picture);
        }
      })(),
    ),
    child.stdin,
  );
  const [code] = await ended;
  if (code !== 0) throw new Error('ffmpeg could not make the small streams (it needs libx264).');
  return { from, to };
}

export async function watchClips(cache: string, film: WatchFilm, say: (text: string) => void): Promise<WatchClips> {
  const name = `watch-${drawing}-${film.fps}fps-${film.keyEvery}s`;
  const path = (kind: string): string => join(cache, `${name}-${kind}.mp4`);
  const facts = join(cache, `${name}.json`);
  const clips = {
    still: path('still'),
    passes: Array.from({ length: passes }, (_, i) => path(`pass-${i}`)),
    stir: path('stir'),
  };
  if (existsSync(facts)) return { ...clips, seen: JSON.parse(readFileSync(facts, 'utf8')) as WatchClips['seen'] };
  say('drawing the small streams (once)');
  const keyEvery = film.fps * film.keyEvery;
  await makeClip(clips.still, { pass: null, keyEvery, rate: '400k' }, film);
  await makeClip(clips.stir, { pass: 'stir', keyEvery: film.fps / 5, rate: '1200k' }, film);
  const seen: WatchClips['seen'] = [];
  for (const [pass, file] of clips.passes.entries())
    seen.push(await makeClip(file, { pass, keyEvery, rate: '400k' }, film));
  const part = `${facts}-${process.pid}`;
  writeFileSync(part, JSON.stringify(seen));
  renameSync(part, facts);
  return { ...clips, seen };
}
