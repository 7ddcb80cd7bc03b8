import { connect } from 'node:net';
import { spawn, spawnSync } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { readFrameCode } from './frame-code.ts';
import type { FrameCode } from './frame-code.ts';
import { createDemoSite, demoPlan, loadClip } from './index.ts';
import type { DemoCamera, DemoSite, DemoSiteOptions } from './index.ts';

const dir = resolve('resources/demo');
const ffmpeg = process.env['FFMPEG_BIN'] ?? 'ffmpeg';
const noFfmpeg = spawnSync(ffmpeg, ['-version']).status !== 0;

let site: DemoSite | null = null;
afterEach(async () => {
  await site?.stop();
  site = null;
});

async function start(options: Partial<DemoSiteOptions> = {}): Promise<DemoCamera[]> {
  site = createDemoSite({
    clock: systemClock,
    log: quietLog,
    dir,
    portBase: 0,
    password: 'secret',
    faults: [],
    ...options,
  });
  return site.start();
}

const withPassword = (c: DemoCamera, url: string, password = c.password): string =>
  url.replace('://', `://${c.username}:${password}@`);

/** Lets ffmpeg read for some seconds; decoded luma pictures of 320 × 180 and whatever it complained about. */
async function read(
  url: string,
  transport: 'tcp' | 'udp',
  seconds: number,
): Promise<{ codes: (FrameCode | null)[]; said: string }> {
  const args = [
    '-hide_banner',
    '-nostdin',
    '-loglevel',
    'warning',
    '-rtsp_transport',
    transport,
    '-i',
    url,
    '-t',
    String(seconds),
  ];
  const child = spawn(ffmpeg, [
    ...args,
    '-an',
    '-vf',
    'scale=320:180:flags=area',
    '-pix_fmt',
    'gray',
    '-fps_mode',
    'passthrough',
    '-f',
    'rawvideo',
    'pipe:1',
  ]);
  const parts: Buffer[] = [];
  let said = '';
  child.stdout.on('data', (b: Buffer) => parts.push(b));
  child.stderr.on('data', (b: Buffer) => (said += b.toString()));
  await new Promise((done) => child.once('close', done));
  const all = Buffer.concat(parts);
  const size = 320 * 180;
  const codes = Array.from({ length: Math.floor(all.length / size) }, (_, i) =>
    readFrameCode(all.subarray(i * size, (i + 1) * size), 320, 180),
  );
  return { codes, said };
}

describe('the demo site', () => {
  it('has clips of 24 s with a key picture at least every 2 s, in less than 6 MB', async () => {
    let bytes = 0;
    for (const file of await readdir(dir)) bytes += (await stat(join(dir, file))).size;
    expect(bytes).toBeLessThan(6_000_000);
    for (const plan of demoPlan) {
      for (const file of [`${plan.clips}-main.mp4`, ...(plan.hasSub ? [`${plan.clips}-sub.mp4`] : [])]) {
        const clip = await loadClip(dir, file);
        expect(clip.pictures.length / clip.fps).toBe(24);
        const keys = clip.pictures.flatMap((p, i) => (p.key ? [i] : []));
        const gop = (file.endsWith('-main.mp4') ? 1 : 2) * clip.fps;
        expect(keys).toEqual(Array.from({ length: clip.pictures.length / gop }, (_, i) => i * gop));
        if (clip.audio) expect((clip.audio.frames.length * 1024) / clip.audio.sampleRate).toBe(24);
      }
    }
    expect((await loadClip(dir, 'yard-main.mp4')).codec).toBe('h265');
    expect((await loadClip(dir, 'corridor-main.mp4')).audio?.sampleRate).toBe(16_000);
  });

  it('says what to do when a clip is missing', async () => {
    await expect(start({ dir: join(dir, 'nowhere') })).rejects.toThrow(/make the clips again/);
  });

  it.skipIf(noFfmpeg)('is read by a foreign client without a complaint, every picture with its number', async () => {
    const cameras = await start();
    await Promise.all(
      demoPlan.flatMap((plan, i) => {
        const camera = cameras[i];
        if (!camera) return [];
        return [camera.main, camera.sub].map(async (stream, k) => {
          if (!stream) return;
          const { codes, said } = await read(withPassword(camera, stream.url), k === 0 ? 'tcp' : 'udp', 2);
          expect(said).toBe('');
          expect(codes.length).toBeGreaterThan(20);
          codes.forEach((code, n) => {
            expect(code).toEqual({ camera: plan.camera, frame: ((codes[0]?.frame ?? 0) + n) % 360 });
          });
          const sent = site?.frames(plan.name, k === 0 ? 'main' : 'sub') ?? [];
          const known = sent.find((f) => f.frame === codes[0]?.frame);
          expect(Math.abs((known?.sentMs ?? 0) - Date.now())).toBeLessThan(20_000);
        });
      }),
    );
  });

  it.skipIf(noFfmpeg)('refuses a wrong password', async () => {
    const [gate] = await start();
    if (!gate) throw new Error('the first camera is the gate');
    const { codes, said } = await read(withPassword(gate, gate.main.url, 'wrong'), 'tcp', 1);
    expect(codes).toEqual([]);
    expect(said).toMatch(/401/);
  });

  it.skipIf(noFfmpeg)('misbehaves when it is told to', async () => {
    const cameras = await start({ faults: [{ afterMs: 2500, fault: { kind: 'drop' } }] });
    const street = cameras[3];
    if (!street) throw new Error('the fourth camera is the street');
    const { codes } = await read(withPassword(street, street.main.url), 'tcp', 20);
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.length, 'it was cut off long before 20 s').toBeLessThan(90);
  });

  it('goes away and comes back when it is told to', async () => {
    const cameras = await start({
      faults: [
        { afterMs: 300, fault: { kind: 'away' } },
        { afterMs: 300, fault: { kind: 'back' } },
      ],
    });
    const port = Number(new URL(cameras[3]?.main.url ?? '').port);
    const answers = (): Promise<boolean> =>
      new Promise((done) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.destroy();
          done(true);
        });
        socket.on('error', () => done(false));
      });
    const seen: boolean[] = [];
    while (seen.join() !== 'true,false,true') {
      const now = await answers();
      if (seen.at(-1) !== now) seen.push(now);
    }
  });

  it('tells others when it sent what', async () => {
    await start({ framesPort: 0 });
    const url = site?.framesUrl() ?? '';
    const list = (await (await fetch(url)).json()) as { streams: string[] };
    expect(list.streams).toContain('Yard/sub');
    for (;;) {
      const { frames } = (await (await fetch(`${url}?stream=Gate/main`)).json()) as {
        frames: { n: number; sentMs: number }[];
      };
      if (frames.length < 5) continue;
      const spans = frames.slice(1).map((f, i) => f.n - (frames[i]?.n ?? 0));
      expect(new Set(spans)).toEqual(new Set([1]));
      expect(Math.abs((frames.at(-1)?.sentMs ?? 0) - Date.now())).toBeLessThan(1000);
      break;
    }
    expect((await fetch(`${url}?stream=Nowhere/main`)).status).toBe(404);
  });
});
