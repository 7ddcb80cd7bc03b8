/** `bench encrypt`: the same cameras recorded by two stations at the same time, one of which encrypts. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Camera } from '#domain/camera.ts';
import type { Segment } from '#domain/segment.ts';
import { readClip } from '../src/main/demo/clip.ts';
import { parseInit } from '../src/main/media/mp4/read-init.ts';
import { loadClipPath } from './load-clip.ts';
import { startLoad } from './load.ts';
import type { Load } from './load.ts';
import type { Outcome } from './outcome.ts';
import { rounded } from './outcome.ts';
import { cpuSeconds, needLinux } from './process-usage.ts';
import { compare, samplesOf, segmentFiles, sentBy } from './sent-and-kept.ts';
import { pauseMs, startStation, until } from './station-process.ts';
import type { StationProcess } from './station-process.ts';

type Options = { cameras: number; seconds: number; cache: string; root: string; say: (text: string) => void };

/** As in `bench record`: what a runtime compiles at first is not what it costs. */
const settleMs = 20_000;

type Recording = { station: StationProcess; cameras: Camera[]; load: Load };

async function begin(o: Options, clip: string, dir: string, encrypted: boolean): Promise<Recording> {
  const load = await startLoad({ clip, cameras: o.cameras });
  try {
    const station = await startStation({ root: o.root, dir });
    if (encrypted) await station.call('POST', '/volumes/1/encryption', {});
    const cameras = await station.addCameras(Array.from({ length: o.cameras }, (_, i) => ({ main: load.url(i + 1) })));
    await until('all cameras live and recording', async () => {
      const views = await station.cameras();
      return views.every((v) => v.streams.some((s) => s.kind === 'main' && s.state === 'live' && s.recording));
    });
    return { station, cameras, load };
  } catch (error) {
    await load.stop();
    throw error;
  }
}

/** Bytes that were sent and are not in what a player is given of the recording, which is read through the station. */
async function lost({ station, cameras, load }: Recording, clipPath: string, dir: string): Promise<number> {
  await load.pause();
  const sessions = await load.sessions();
  await pauseMs(1500);
  const clip = readClip(readFileSync(clipPath));
  let bytes = 0;
  for (const [i, camera] of cameras.entries()) {
    const kept: Uint8Array[] = [];
    const found = await station.call<Segment[]>(
      'GET',
      `/cameras/${camera.id}/segments?stream=main&fromMs=${Date.now() - 3_600_000}&toMs=${Date.now()}&limit=1000`,
    );
    for (const { startMs } of found) {
      const answer = await fetch(`${station.url}/media/segments/${camera.id}/main/${startMs}.mp4`, {
        headers: { authorization: `Bearer ${station.token()}` },
      });
      if (!answer.ok) throw new Error(`a segment is answered by ${answer.status}`);
      const file = join(dir, 'view.mp4');
      writeFileSync(file, new Uint8Array(await answer.arrayBuffer()));
      for (const s of await samplesOf(file)) kept.push(s.bytes);
    }
    bytes += compare(clip, sentBy(sessions, i + 1, 'main'), kept).lostBytes;
  }
  return bytes;
}

export async function benchEncrypt(o: Options): Promise<Outcome> {
  needLinux();
  const clip = loadClipPath(o.cache, o.say);
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const running: Recording[] = [];
  try {
    mkdirSync(join(dir, 'views'));
    o.say(`recording ${o.cameras} cameras plain and ${o.cameras} encrypted for ${o.seconds} s`);
    const plain = await begin(o, clip, join(dir, 'plain'), false);
    running.push(plain);
    const encrypted = await begin(o, clip, join(dir, 'encrypted'), true);
    running.push(encrypted);
    await pauseMs(settleMs);
    const pids = [plain.station.pid, encrypted.station.pid];
    const before = pids.map((pid) => cpuSeconds(pid));
    const began = performance.now();
    await pauseMs(o.seconds * 1000);
    const wall = (performance.now() - began) / 1000;
    const [plainCpu = 0, encryptedCpu = 0] = pids.map((pid, i) => cpuSeconds(pid) - (before[i] ?? 0));
    for (const camera of encrypted.cameras) {
      for (const file of segmentFiles(join(dir, 'encrypted', 'video'), camera.folder, 'main')) {
        if (parseInit(new Uint8Array(readFileSync(file))).encryption === null)
          throw new Error(`${file} is plain: nothing was measured`);
      }
    }
    const bytesLost = await lost(encrypted, clip, join(dir, 'views'));
    return {
      name: 'encrypt',
      figures: {
        plainCpuPerCamera: rounded(plainCpu / wall / o.cameras),
        encryptedCpuPerCamera: rounded(encryptedCpu / wall / o.cameras),
        cpuRatio: rounded(encryptedCpu / plainCpu),
        bytesLost,
        cameras: o.cameras,
        seconds: o.seconds,
      },
      goals: { cpuRatio: '<= 1.5', bytesLost: '== 0' },
    };
  } finally {
    for (const { station, load } of running) {
      await station.stop('SIGKILL');
      await load.stop();
    }
    rmSync(dir, { recursive: true, force: true });
  }
}
