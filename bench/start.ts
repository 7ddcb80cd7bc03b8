/** `bench start`: from the start of the process to the first byte of a segment and to the first live picture. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { decodeLiveFrame } from '#contract/live-frame.ts';
import type { Camera } from '#domain/camera.ts';
import { prepareStation } from './known-cameras.ts';
import { loadClipPath } from './load-clip.ts';
import { startLoad } from './load.ts';
import type { Outcome } from './outcome.ts';
import { median, rounded } from './outcome.ts';
import { cpuSeconds, needLinux } from './process-usage.ts';
import { startStation, until } from './station-process.ts';

type Options = { cameras: number; rounds: number; cache: string; root: string; say: (text: string) => void };

/** `ftyp` and `moov` are smaller than this, the first fragment is larger: what counts is media. */
const moreThanInit = 8192;

const files = (video: string): string[] =>
  readdirSync(video, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mp4'));

/** Looks every 20 ms for a segment that was not there before and holds media; resolves with the time since `startedMs`. */
async function firstBytes(
  video: string,
  known: Set<string>,
  startedMs: number,
  folders: string[],
): Promise<{ first: number; all: number }> {
  const seen = new Map<string, number>();
  await until(
    'segments that grow',
    () => {
      for (const name of files(video)) {
        const folder = name.split('/')[0] ?? '';
        if (known.has(name) || seen.has(folder)) continue;
        if (statSync(join(video, name)).size > moreThanInit) seen.set(folder, performance.now() - startedMs);
      }
      return folders.every((f) => seen.has(f));
    },
    { everyMs: 20, limitMs: 30_000 },
  );
  const times = [...seen.values()];
  return { first: Math.min(...times), all: Math.max(...times) };
}

/** Watches one camera as a screen would; resolves when its first key picture is there. */
function firstPicture(url: string, token: string, camera: Camera, startedMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/stream`, {
      headers: { authorization: `Bearer ${token}` },
    });
    socket.binaryType = 'arraybuffer';
    const timer = setTimeout(() => {
      socket.terminate();
      reject(new Error('No live picture came within 30 s.'));
    }, 30_000);
    socket.on('error', reject);
    socket.on('open', () => {
      socket.send(
        JSON.stringify({ op: 'watch', ref: 1, cameraId: camera.id, stream: 'main', decodes: ['h264'], audio: false }),
      );
    });
    socket.on('message', (data) => {
      if (!(data instanceof ArrayBuffer)) return;
      const frame = decodeLiveFrame(data);
      if (frame?.kind !== 'video' || !frame.key) return;
      clearTimeout(timer);
      resolve(performance.now() - startedMs);
      socket.close();
    });
  });
}

export async function benchStart(o: Options): Promise<Outcome> {
  needLinux();
  const clip = loadClipPath(o.cache, o.say);
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const load = await startLoad({ clip, cameras: o.cameras });
  try {
    const data = join(dir, 'data');
    const { cameras, token } = await prepareStation({ root: o.root, dir: data, load, cameras: o.cameras });
    const video = join(data, 'video');
    const [camera] = cameras;
    if (!camera) throw new Error('No camera was added.');
    const bytes: number[] = [];
    const all: number[] = [];
    const pictures: number[] = [];
    const ready: number[] = [];
    const cpu: number[] = [];
    for (let round = 1; round <= o.rounds; round++) {
      const known = new Set(files(video));
      const startedMs = performance.now();
      const looking = firstBytes(
        video,
        known,
        startedMs,
        cameras.map((c) => c.folder),
      );
      looking.catch(() => {
        // Told below, after what comes first.
      });
      const station = await startStation({ root: o.root, dir: data, signIn: false, token });
      try {
        ready.push(performance.now() - startedMs);
        cpu.push(cpuSeconds(station.pid) * 1000);
        pictures.push(await firstPicture(station.url, token, camera, startedMs));
        const found = await looking;
        bytes.push(found.first);
        all.push(found.all);
        o.say(
          `  round ${round}: first byte ${found.first.toFixed(0)} ms, first picture ${(pictures.at(-1) ?? 0).toFixed(0)} ms`,
        );
      } finally {
        await station.stop();
      }
    }
    return {
      name: 'start',
      figures: {
        firstByteMs: rounded(median(bytes)),
        firstPictureMs: rounded(median(pictures)),
        allCamerasMs: rounded(median(all)),
        listeningMs: rounded(median(ready)),
        listeningCpuMs: rounded(median(cpu)),
        cameras: o.cameras,
        rounds: o.rounds,
      },
      goals: { firstByteMs: '<= 1500', firstPictureMs: '<= 2500' },
    };
  } finally {
    await load.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
