/** `bench cameras`: many ONVIF devices found, added, live and listened to; and a long list of cameras asked for. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FoundPush } from '#contract/finding.ts';
import type { Camera } from '#domain/camera.ts';
import type { DeviceLook, FoundDraft, FoundView } from '#domain/finding.ts';
import type { z } from 'zod';
import { startDevices } from './cameras-devices.ts';
import type { BenchDevices } from './cameras-devices.ts';
import type { Outcome } from './outcome.ts';
import { quantile, rounded } from './outcome.ts';
import { cpuSeconds, needLinux, threadSeconds } from './process-usage.ts';
import { pushes } from './pushes.ts';
import { pauseMs, startStation, until } from './station-process.ts';
import type { StationProcess } from './station-process.ts';

type Options = { count: number; seconds: number; root: string; say: (text: string) => void };

const listedCameras = 1_000;
const listRounds = 100;
/** Cameras that one call adds. */
const mostAtOnce = 200;

/** Follows what the station finds, as the screen does, until all of `urls` are there. */
async function allListed(station: StationProcess, urls: ReadonlySet<string>): Promise<FoundView[]> {
  const listed = new Map<string, FoundView>();
  for await (const push of pushes<z.infer<typeof FoundPush>>(station, '/finding/watch', AbortSignal.timeout(60_000))) {
    const devices = push.type === 'all' ? push.devices : push.type === 'found' ? [push.device] : [];
    for (const device of devices) if (urls.has(device.url)) listed.set(device.url, device);
    if (listed.size === urls.size) return [...listed.values()];
  }
  throw new Error(`Only ${listed.size} of ${urls.size} devices were listed before the station ended the answer.`);
}

/** All devices are alike: what the first has to offer is asked of all. */
async function draftsOf(station: StationProcess, devices: BenchDevices, found: FoundView[]): Promise<FoundDraft[]> {
  const { username, password } = devices;
  const [url] = devices.urls;
  const look = await station.call<DeviceLook>('POST', '/finding/look', { url, username, password });
  const camera = look.ok ? look.cameras[0] : undefined;
  if (camera === undefined) throw new Error('The first device was not understood.');
  return found.map((device) => ({
    url: device.url,
    username,
    password,
    certificate: null,
    trustedHosts: [],
    source: camera.source,
    mainProfile: camera.main.profile,
    subProfile: camera.sub?.profile ?? null,
    name: device.name ?? device.address,
    group: null,
    recording: 'always',
    setClock: false,
  }));
}

async function addAll(station: StationProcess, drafts: FoundDraft[]): Promise<Camera[]> {
  const added: Camera[] = [];
  for (let i = 0; i < drafts.length; i += mostAtOnce) {
    const cameras = drafts.slice(i, i + mostAtOnce);
    added.push(...(await station.call<{ cameras: Camera[] }>('POST', '/finding/add', { cameras })).cameras);
  }
  return added;
}

/** CPU seconds of the whole process and of its main thread, in which devices are spoken to. */
const used = (pid: number): { all: number; main: number; threads: Map<string, number> } => ({
  all: cpuSeconds(pid),
  main: cpuSeconds(pid, pid),
  threads: threadSeconds(pid),
});

/** Cores in use over `seconds`. */
async function cores(pid: number, seconds: number): Promise<{ all: number; main: number }> {
  const [before, fromMs] = [used(pid), performance.now()];
  await pauseMs(seconds * 1000);
  const [after, tookS] = [used(pid), (performance.now() - fromMs) / 1000];
  return { all: (after.all - before.all) / tookS, main: (after.main - before.main) / tookS };
}

/** One after the other, as one screen asks; until the last byte is there. */
async function listTimes(station: StationProcess): Promise<{ times: number[]; bytes: number; cameras: number }> {
  const times: number[] = [];
  let text = '';
  for (let i = 0; i < listRounds; i++) {
    const from = performance.now();
    const response = await fetch(`${station.url}/api/cameras`, {
      headers: { authorization: `Bearer ${station.token()}` },
    });
    text = await response.text();
    times.push(performance.now() - from);
    await pauseMs(50);
  }
  return { times, bytes: Buffer.byteLength(text), cameras: (JSON.parse(text) as unknown[]).length };
}

export async function benchCameras(o: Options): Promise<Outcome> {
  needLinux();
  const { say } = o;
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const devices = await startDevices(o.root, o.count);
  let station: StationProcess | null = null;
  try {
    station = await startStation({ root: o.root, dir: join(dir, 'data') });
    const { pid, startedMs } = station;
    const found = await allListed(station, new Set(devices.urls));
    const listedMs = performance.now() - startedMs;
    say(`  ${found.length} devices listed ${listedMs.toFixed(0)} ms after the start of the station's process`);

    const drafts = await draftsOf(station, devices, found);
    const askedMs = performance.now();
    const added = await addAll(station, drafts);
    const addedMs = performance.now() - askedMs;
    const here = station;
    await until(
      'all cameras live',
      async () => {
        const cameras = await here.cameras();
        return cameras.every((c) => c.streams.some((s) => s.kind === 'main' && s.state === 'live'));
      },
      { limitMs: 120_000 },
    );
    const liveMs = performance.now() - askedMs;
    say(`  added after ${addedMs.toFixed(0)} ms, all live after ${liveMs.toFixed(0)} ms`);

    await until('a subscription at every device', async () => (await devices.counts()).subscriptions >= o.count, {
      limitMs: 120_000,
      everyMs: 1_000,
    });
    await pauseMs(5_000);
    const listening = await cores(pid, o.seconds);
    const held = await devices.counts();
    say(
      `  with ${held.subscriptions} subscriptions: ${listening.all.toFixed(4)} cores, main ${listening.main.toFixed(4)}`,
    );
    for (const { id } of added) await station.call('PATCH', `/cameras/${id}`, { change: { link: null } });
    await until('no subscription', async () => (await devices.counts()).subscriptions === 0, { everyMs: 1_000 });
    await pauseMs(5_000);
    const deaf = await cores(pid, o.seconds);
    say(`  without: ${deaf.all.toFixed(4)} cores, main ${deaf.main.toFixed(4)}`);

    const [like] = added;
    if (like === undefined) throw new Error('No camera was added.');
    for (let i = added.length; i < listedCameras; i++)
      await station.call('POST', '/cameras', {
        name: `Spare ${i + 1}`,
        enabled: false,
        main: like.main,
        sub: like.sub,
      });
    const list = await listTimes(station);
    return {
      name: 'cameras',
      figures: {
        listedMs: rounded(listedMs),
        addedMs: rounded(addedMs),
        liveMs: rounded(liveMs),
        idleCpuCores: rounded(Math.max(0, listening.main - deaf.main)),
        processCpuCores: rounded(listening.all - deaf.all),
        listP95Ms: rounded(quantile(list.times, 0.95)),
        listP50Ms: rounded(quantile(list.times, 0.5)),
        listKib: rounded(list.bytes / 1024),
        refusals: held.refusals,
        subscriptions: held.subscriptions,
        cameras: list.cameras,
      },
      goals: {
        listedMs: '<= 5000',
        idleCpuCores: '<= 0.02',
        listP95Ms: '<= 20',
        subscriptions: `== ${o.count}`,
      },
    };
  } finally {
    await station?.stop();
    await devices.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
