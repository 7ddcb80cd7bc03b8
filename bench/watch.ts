/**
 * `bench watch`: what watching cameras costs, how soon motion is told, and whether recording suffers when it is too much; the same
 * streams watched by Debian's `motion` in the same run.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnalysisNow, JobCounts } from '#domain/analysis.ts';
import type { Camera } from '#domain/camera.ts';
import type { WatchSettings, WatchState } from '#domain/watching.ts';
import { readClip } from '../src/main/demo/clip.ts';
import { loadClipPath } from './load-clip.ts';
import { startLoad } from './load.ts';
import type { Load } from './load.ts';
import type { Outcome } from './outcome.ts';
import { quantile, rounded } from './outcome.ts';
import { childrenOf, cpuSeconds, idleSeconds, needLinux, threadSeconds } from './process-usage.ts';
import { compareStreams } from './sent-and-kept.ts';
import { pauseMs, startStation, until } from './station-process.ts';
import type { StationProcess } from './station-process.ts';
import { watchClips } from './watch-clips.ts';
import type { WatchClips } from './watch-clips.ts';
import { delaysOf, followMotion, ofNobody, passesOf } from './watch-events.ts';
import type { Pass } from './watch-events.ts';
import { measureMotion, motionPath } from './watch-peer.ts';
import type { PeerFigures } from './watch-peer.ts';
import type { WatchFilm } from './watch-schedule.ts';

type Options = {
  cameras: number;
  seconds: number;
  /** Before the first phase is measured, and after each change to the next. */
  settle: { firstMs: number; changeMs: number };
  film: WatchFilm;
  profile: boolean;
  cache: string;
  root: string;
  say: (text: string) => void;
};

/** Pictures a second that are asked for, of all cameras together, when it shall be too much. */
const tooMany = 160;
/** What of a run is neither settled nor measured takes no longer, s. */
const restSeconds = 300;

/** CPU seconds of the station's threads and of what decodes for watching (not for small pictures of recordings). */
type Cost = { wall: number; threads: Map<string, number>; process: number; decoders: number };

function used(pid: number): Omit<Cost, 'wall'> {
  const decoders = childrenOf(pid).filter((c) => /format=gray|-vf format=yuv420p/.test(c.command));
  return {
    threads: threadSeconds(pid),
    process: cpuSeconds(pid),
    decoders: decoders.reduce((sum, c) => sum + c.cpu, 0),
  };
}

async function cost(pid: number, seconds: number): Promise<Cost> {
  const before = used(pid);
  const began = performance.now();
  await pauseMs(seconds * 1000);
  const after = used(pid);
  return {
    wall: (performance.now() - began) / 1000,
    threads: new Map([...after.threads].map(([name, s]) => [name, s - (before.threads.get(name) ?? 0)])),
    process: after.process - before.process,
    decoders: after.decoders - before.decoders,
  };
}

const cores = (c: Cost): number => (c.process + c.decoders) / c.wall;
const coresOf = (c: Cost, name: string): number => (c.threads.get(name) ?? 0) / c.wall;

type Counts = { looked: number; gated: number; dropped: number; jobs: JobCounts };

async function counts(station: StationProcess): Promise<Counts> {
  const states = await station.call<{ state: WatchState }[]>('GET', '/watching');
  const analysis = await station.call<AnalysisNow>('GET', '/analysis');
  const sum = (key: 'looked' | 'gated' | 'dropped'): number => states.reduce((n, { state }) => n + state[key], 0);
  return { looked: sum('looked'), gated: sum('gated'), dropped: sum('dropped'), jobs: analysis.counts };
}

/** Of the detector: what was asked for between two moments, what was answered, and what was not. */
function jobsBetween(a: Counts, b: Counts): { asked: number; done: number; left: number } {
  const of = (key: keyof JobCounts): number => b.jobs[key] - a.jobs[key];
  return { asked: of('asked'), done: of('done'), left: of('newer') + of('full') + of('late') + of('failed') };
}

type Ours = {
  off: Cost;
  gate: Cost;
  objects: Cost;
  idleCores: number;
  server: number;
  delays: number[];
  strays: number;
  gated: { looked: number; gated: number };
  dropped: number;
  flood: { looked: number; dropped: number; asked: number; done: number; left: number };
  lost: number;
  sent: number;
  gaps: number;
};

/** Sent pictures that are remembered: of more than the whole run. */
const runPictures = ({ film, seconds, settle }: Options): number =>
  Math.ceil(film.fps * (restSeconds + 4 * seconds + (settle.firstMs + 2 * settle.changeMs) / 1_000));

const loadOf = (o: Options, main: string, clips: WatchClips): Promise<Load> =>
  startLoad({
    ...{ clip: main, sub: clips.still, cameras: o.cameras },
    keepFrames: runPictures(o),
    passes: { clips: clips.passes, stir: clips.stir },
  });

async function watchAll(
  station: StationProcess,
  cameras: readonly Camera[],
  settings: Partial<WatchSettings>,
): Promise<void> {
  for (const camera of cameras) await station.watch(camera, settings);
}

async function measureVigie(o: Options, main: string, clips: WatchClips, dir: string): Promise<Ours> {
  const load = await loadOf(o, main, clips);
  const execArgv = o.profile ? ['--cpu-prof', `--cpu-prof-dir=${join(o.cache, 'profile')}`] : [];
  const station = await startStation({ root: o.root, dir, execArgv });
  const { pid } = station;
  try {
    const streams = Array.from({ length: o.cameras }, (_, i) => ({
      main: load.url(i + 1),
      sub: load.url(i + 1, 'sub'),
    }));
    const cameras = await station.addCameras(streams, false);
    for (const camera of cameras) await station.judge(camera, false);
    await watchAll(station, cameras, { mode: 'off' });
    await until(
      'all streams live',
      async () => (await station.cameras()).every((c) => c.streams.every((s) => s.state === 'live')),
      { limitMs: 60_000 + o.cameras * 500, everyMs: 500 },
    );
    await pauseMs(o.settle.firstMs);
    o.say(`  nobody watches, for ${o.seconds} s`);
    const off = await cost(pid, o.seconds);

    await watchAll(station, cameras, { mode: 'motion' });
    const follower = followMotion(station);
    await until(
      'all cameras watched',
      async () => (await station.call<{ state: WatchState }[]>('GET', '/watching')).every((c) => c.state.looked >= 6),
      { everyMs: 500 },
    );
    await pauseMs(o.settle.changeMs);
    o.say(`  motion is watched for, for ${o.seconds} s`);
    const fromMs = Date.now();
    const [idleBefore, serverBefore] = [idleSeconds(), cpuSeconds(load.pid)];
    const calmFrom = await counts(station);
    const gate = await cost(pid, o.seconds);
    const idleCores = (idleSeconds() - idleBefore) / gate.wall;
    const server = (cpuSeconds(load.pid) - serverBefore) / gate.wall;

    for (const camera of cameras) await station.judge(camera, true);
    await watchAll(station, cameras, { mode: 'objects' });
    await pauseMs(o.settle.changeMs);
    o.say(`  objects are watched for, for ${o.seconds} s`);
    const objectsFrom = await counts(station);
    const objects = await cost(pid, o.seconds);
    const calmTo = await counts(station);
    // What began last may still be told.
    const toMs = Date.now() - 5_000;
    await follower.stop();
    const numbers = new Map(cameras.map((c, i) => [c.id as string, i + 1]));
    const told = follower.told.map(({ cameraId, atMs }) => ({ camera: numbers.get(cameraId) ?? 0, atMs }));
    const passes: Pass[] = [];
    // What is told at the beginning may be of somebody who came before.
    const all = { seen: clips.seen, fps: o.film.fps, fromMs: fromMs - 20_000, toMs };
    for (const camera of numbers.values()) passes.push(...passesOf(camera, await load.sent(camera, 'sub'), all));
    const delays = delaysOf(
      passes.filter((pass) => pass.fromMs >= fromMs),
      told,
    );
    const strays = ofNobody(
      passes,
      told.filter((t) => t.atMs >= fromMs && t.atMs < toMs),
    );

    const perSecond = Math.min(5, Math.max(1, tooMany / o.cameras));
    await load.stir();
    await watchAll(station, cameras, { mode: 'objects', perSecond });
    await pauseMs(5_000);
    o.say(`  somebody walks before every camera, ${perSecond} pictures a second of each are asked for`);
    const floodFromMs = Date.now();
    const floodFrom = await counts(station);
    const flood = await cost(pid, Math.max(10, Math.round(o.seconds / 2)));
    const floodTo = await counts(station);
    const floodToMs = Date.now();
    sayThreads(o, { off, gate, objects, flood });

    await load.pause();
    const sessions = await load.sessions();
    await pauseMs(2_000);
    const timeline = await station.call<{ rows: { gaps: { fromMs: number }[] }[] }>(
      'GET',
      `/timeline?fromMs=${floodFromMs}&toMs=${floodToMs}&grainMs=0&stream=main`,
    );
    const gaps = timeline.rows.reduce((n, r) => n + r.gaps.filter((g) => g.fromMs < floodToMs).length, 0);
    await station.stop();
    const { lost, sent } = await compareStreams({
      ...{ clip: readClip(readFileSync(main)), kind: 'main', video: join(dir, 'video') },
      ...{ folders: cameras.map((c) => c.folder), sessions, say: o.say },
    });
    return {
      ...{ off, gate, objects, idleCores, server, delays, strays, lost, sent, gaps },
      gated: { looked: calmTo.looked - objectsFrom.looked, gated: calmTo.gated - objectsFrom.gated },
      dropped: calmTo.dropped - calmFrom.dropped + jobsBetween(calmFrom, calmTo).left,
      flood: {
        ...{ looked: floodTo.looked - floodFrom.looked, dropped: floodTo.dropped - floodFrom.dropped },
        ...jobsBetween(floodFrom, floodTo),
      },
    };
  } finally {
    await station.stop('SIGKILL');
    await load.stop();
  }
}

/** Where the time goes, in thousandths of a core a camera. */
function sayThreads(o: Options, phases: Record<string, Cost>): void {
  for (const [phase, c] of Object.entries(phases)) {
    const threads = [...c.threads].filter(([, s]) => s >= 0.01).sort(([, a], [, b]) => b - a);
    const text = threads.map(([name]) => `${name} ${((coresOf(c, name) * 1000) / o.cameras).toFixed(2)}`);
    const decoders = ((c.decoders / c.wall) * 1000) / o.cameras;
    o.say(`  ${phase}, 10⁻³ core a camera: decoders ${decoders.toFixed(2)}, ${text.join(', ')}`);
  }
}

async function measurePeer(o: Options, main: string, clips: WatchClips, dir: string): Promise<PeerFigures | null> {
  const path = motionPath();
  if (path === null) {
    o.say('There is no motion here to compare with: apt-get install motion, or name it in MOTION_BIN.');
    return null;
  }
  o.say(`  motion (Debian's) watches them for ${o.seconds} s`);
  const load = await loadOf(o, main, clips);
  try {
    return await measureMotion({
      path,
      load,
      cameras: o.cameras,
      fps: o.film.fps,
      dir,
      settleS: 15,
      seconds: o.seconds,
    });
  } finally {
    await load.stop();
  }
}

export async function benchWatch(o: Options): Promise<Outcome> {
  needLinux();
  const main = loadClipPath(o.cache, o.say);
  const clips = await watchClips(o.cache, o.film, o.say);
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  try {
    o.say(`watching ${o.cameras} cameras`);
    const ours = await measureVigie(o, main, clips, join(dir, 'vigie'));
    rmSync(join(dir, 'vigie'), { recursive: true, force: true });
    const theirs = await measurePeer(o, main, clips, join(dir, 'motion'));
    const { off, gate, objects, flood } = ours;
    const each = (value: number): number => rounded(value / o.cameras);
    const gateCpu = cores(gate) - cores(off);
    if (flood.left === 0) o.say('The detector answered everything: it was not too much, and bytesLost says little.');
    return {
      name: 'watch',
      figures: {
        gateCpuPerCamera: each(gateCpu),
        ...(theirs !== null && {
          motionCpuPerCamera: rounded(theirs.cpuPerCamera),
          gateRatio: rounded(gateCpu / o.cameras / theirs.cpuPerCamera),
        }),
        detectCpuPerCamera: each(cores(objects) - cores(off)),
        eventP95Ms: rounded(quantile(ours.delays, 0.95)),
        eventP50Ms: rounded(quantile(ours.delays, 0.5)),
        eventsMissed: ours.delays.filter((d) => !Number.isFinite(d)).length,
        eventsOfNobody: ours.strays,
        passes: ours.delays.length,
        dropped: ours.dropped,
        framesLooked: ours.gated.looked,
        framesGated: ours.gated.gated,
        bytesLost: ours.lost,
        gaps: ours.gaps,
        bytesSent: ours.sent,
        floodLooked: flood.looked,
        floodDropped: flood.dropped,
        floodAsked: flood.asked,
        floodDetected: flood.done,
        floodLeft: flood.left,
        decoderCpuPerCamera: each(gate.decoders / gate.wall),
        recordCpuPerCamera: each(off.process / off.wall),
        ...(theirs !== null && { motionEvents: theirs.events }),
        serverCpuPerCamera: each(ours.server),
        idleCores: rounded(ours.idleCores),
        cameras: o.cameras,
        seconds: o.seconds,
        fps: o.film.fps,
        keyEvery: o.film.keyEvery,
      },
      goals: {
        gateCpuPerCamera: '<= 0.006',
        ...(theirs !== null && { gateRatio: '<= 0.2' }),
        eventP95Ms: '<= 2000',
        bytesLost: '== 0',
      },
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
