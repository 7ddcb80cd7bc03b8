/** `bench record`: N cameras recorded by the station and, in the same run, by one ffmpeg per camera (of fewer cameras, if asked). */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readClip } from '../src/main/demo/clip.ts';
import type { SessionFigures } from '../src/main/demo/session.ts';
import { ffmpegPath, loadClipPath } from './load-clip.ts';
import { startLoad } from './load.ts';
import type { Load } from './load.ts';
import type { Outcome } from './outcome.ts';
import { rounded } from './outcome.ts';
import { childrenSeconds, cpuSeconds, idleSeconds, needLinux, residentMib, threadSeconds } from './process-usage.ts';
import { compareStreams } from './sent-and-kept.ts';
import { pauseMs, startStation, until } from './station-process.ts';
import type { StationProcess } from './station-process.ts';
import { watchUse } from './where-it-ends.ts';

type Options = {
  cameras: number;
  seconds: number;
  /** Each camera's small stream is recorded too. */
  subs: boolean;
  /** Pictures are judged and watched meanwhile, as they are by a station that nobody told otherwise. */
  judged: boolean;
  /** With so many cameras ffmpeg is measured. */
  peers: number;
  profile: boolean;
  /** So long all runs before it is measured. */
  settleSeconds: number;
  cache: string;
  root: string;
  say: (text: string) => void;
};

/** CPU seconds that `pids` use in `seconds`. */
async function cost(pids: number[], seconds: number): Promise<{ cpu: number; wall: number }> {
  const before = pids.map((pid) => cpuSeconds(pid));
  const began = performance.now();
  await pauseMs(seconds * 1000);
  const wall = (performance.now() - began) / 1000;
  return { cpu: pids.reduce((sum, pid, i) => sum + cpuSeconds(pid) - (before[i] ?? 0), 0), wall };
}

type Clips = { main: string; sub: string | null };
const kindsOf = (clips: Clips): ('main' | 'sub')[] => (clips.sub === null ? ['main'] : ['main', 'sub']);
const loadOf = (clips: Clips, cameras: number, port?: number): Promise<Load> =>
  startLoad({
    ...{ clip: clips.main, cameras },
    ...(clips.sub !== null && { sub: clips.sub }),
    ...(port !== undefined && { port }),
  });

type Ours = {
  cpuPerCamera: number;
  childrenPerCamera: number;
  serverPerCamera: number;
  mib: number;
  rss: number;
  lost: number;
  sent: number;
  gaps: number;
  reconnects: number;
  idleCores: number;
};

/** Streams of many cameras take their time to come. */
const limitFor = (cameras: number): { limitMs: number; everyMs: number } => ({
  limitMs: 60_000 + cameras * 500,
  everyMs: cameras > 64 ? 1_000 : 200,
});
/** Throws with what they do instead. */
async function allRecording(station: StationProcess, cameras: number, used: () => string): Promise<void> {
  let states = new Map<string, number>();
  const look = async (): Promise<boolean> => {
    states = new Map();
    for (const { state, trouble, recording } of (await station.cameras()).flatMap((c) => c.streams)) {
      const is = `${state}${trouble === null ? '' : ` (${trouble})`}${recording ? '' : ', not recording'}`;
      states.set(is, (states.get(is) ?? 0) + 1);
    }
    return [...states.keys()].every((is) => is === 'live');
  };
  try {
    await until('all cameras live and recording', look, limitFor(cameras));
  } catch (error) {
    const now = [...states].map(([is, count]) => `${count} are ${is}`).join('; ');
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}. Streams: ${now}. Meanwhile ${used()}.`,
      {
        cause: error,
      },
    );
  }
}

/** Until what was sent last is on disk: longer than fragments wait, also where the disk or the processor is late. */
const lastOnesMs = (cameras: number): number => (cameras > 128 ? 5_000 : 1_500);

/** Pictures sent that are not on disk, of all streams. */
async function compareAll(
  o: Options,
  of: { clips: Clips; video: string; folders: string[]; sessions: SessionFigures[] },
): Promise<{ lost: number; sent: number }> {
  const { video, folders, sessions } = of;
  let lost = 0;
  let sent = 0;
  for (const kind of kindsOf(of.clips)) {
    const clip = readClip(readFileSync(of.clips[kind] ?? of.clips.main));
    const c = await compareStreams({ clip, kind, video, folders, sessions, say: o.say });
    lost += c.lost;
    sent += c.sent;
  }
  return { lost, sent };
}

/**
 * A data folder that knows the cameras, and what an empty station holds in memory. The cameras are not on the air yet, so that
 * nothing is recorded, nor watched before it is said that it is not to be.
 */
async function makeKnown(
  o: Options,
  dir: string,
  urls: { main: string; sub?: string }[],
): Promise<{ idleMib: number; token: string; folders: string[] }> {
  const station = await startStation({ root: o.root, dir });
  try {
    await pauseMs(1500);
    const idleMib = residentMib(station.pid);
    const cameras = await station.addCameras(urls);
    if (!o.judged)
      for (const camera of cameras) {
        await station.judge(camera, false);
        await station.watch(camera, { mode: 'off' });
      }
    return { idleMib, token: station.token(), folders: cameras.map((c) => c.folder) };
  } finally {
    await station.stop();
  }
}

async function measureVigie(o: Options, clips: Clips, dir: string): Promise<Ours> {
  const idle = await loadOf(clips, 1);
  await idle.stop();
  const urls = Array.from({ length: o.cameras }, (_, i) => ({
    main: idle.url(i + 1),
    ...(clips.sub !== null && { sub: idle.url(i + 1, 'sub') }),
  }));
  const { idleMib, token, folders } = await makeKnown(o, dir, urls);
  const load = await loadOf(clips, o.cameras, idle.port);
  const execArgv = o.profile ? ['--cpu-prof', `--cpu-prof-dir=${join(o.cache, 'profile')}`] : [];
  const startedAt = performance.now();
  const station = await startStation({ root: o.root, dir, token, execArgv });
  try {
    const coming = watchUse({ station: station.pid, sender: load.pid, dir });
    await allRecording(station, o.cameras, coming);
    o.say(`  until then ${coming()}`);
    o.say(`  all recording after ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
    const recordingMs = Date.now();
    await pauseMs(o.settleSeconds * 1000);
    await load.ended();
    const fromMs = Date.now();
    const serverBefore = cpuSeconds(load.pid);
    const threadsBefore = threadSeconds(station.pid);
    const childrenBefore = childrenSeconds(station.pid);
    const idleBefore = idleSeconds();
    const used = watchUse({ station: station.pid, sender: load.pid, dir });
    const { cpu, wall } = await cost([station.pid], o.seconds);
    const idleCores = (idleSeconds() - idleBefore) / wall;
    o.say(`  while it was measured: ${used()}`);
    const childrenCpu = childrenSeconds(station.pid) - childrenBefore;
    const serverCpu = cpuSeconds(load.pid) - serverBefore;
    const rss = residentMib(station.pid);
    const toMs = Date.now();
    const threads = [...threadSeconds(station.pid)]
      .map(([name, seconds]) => ({ name, seconds: seconds - (threadsBefore.get(name) ?? 0) }))
      .sort((x, y) => y.seconds - x.seconds);
    o.say(`  Vigie's threads: ${threads.map((t) => `${t.name} ${t.seconds.toFixed(2)} s`).join(', ')}`);
    // The cameras fall silent before the station stops, so that "sent" has an end that both agree on.
    await load.pause();
    const sessions = await load.sessions();
    const reconnects = (await load.ended()).length;
    await pauseMs(lastOnesMs(o.cameras));
    const gapsFrom = async (from: number): Promise<{ cause: string }[]> => {
      const found = await Promise.all(
        kindsOf(clips).map(async (kind) => {
          const { rows } = await station.call<{ rows: { gaps: { fromMs: number; cause: string }[] }[] }>(
            'GET',
            `/timeline?fromMs=${from}&toMs=${toMs}&grainMs=0&stream=${kind}`,
          );
          return rows.flatMap((r) => r.gaps.filter((g) => g.fromMs >= from && g.fromMs < toMs));
        }),
      );
      return found.flat();
    };
    const gaps = (await gapsFrom(fromMs)).length;
    const before = Object.entries(Object.groupBy(await gapsFrom(recordingMs), (g) => g.cause));
    if (before.length > 0) o.say(`  gaps since all record: ${before.map(([c, g]) => `${g?.length} ${c}`).join(', ')}`);
    await station.stop();
    const { lost, sent } = await compareAll(o, { clips, video: join(dir, 'video'), folders, sessions });
    return {
      cpuPerCamera: cpu / wall / o.cameras,
      childrenPerCamera: childrenCpu / wall / o.cameras,
      serverPerCamera: serverCpu / wall / o.cameras,
      mib: (rss - idleMib) / o.cameras,
      rss,
      lost,
      sent,
      gaps,
      reconnects,
      idleCores,
    };
  } finally {
    await station.stop('SIGKILL');
    await load.stop();
  }
}

/** ffmpeg compiles nothing while it runs; it ends its first files after a minute. */
const peersSettleMs = 60_000;

/** One for all streams of a camera: two processes would cost more. */
function startFfmpeg(path: string, load: Load, of: { camera: number; clips: Clips; dir: string }): ChildProcess {
  const out = join(of.dir, `camera-${of.camera}`);
  mkdirSync(out, { recursive: true });
  const kinds = kindsOf(of.clips);
  const inputs = kinds.flatMap((kind) => ['-rtsp_transport', 'tcp', '-i', load.url(of.camera, kind)]);
  const segments = ['-c', 'copy', '-f', 'segment', '-segment_time', '60', '-reset_timestamps', '1'];
  const outputs = kinds.flatMap((kind, i) => ['-map', String(i), ...segments, join(out, `${kind}-%04d.mp4`)]);
  return spawn(path, ['-nostdin', '-loglevel', 'error', ...inputs, ...outputs], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
}

async function measureFfmpeg(o: Options, clips: Clips, dir: string): Promise<number> {
  const load = await loadOf(clips, o.peers);
  const ffmpeg = ffmpegPath();
  const children: ChildProcess[] = [];
  try {
    for (let camera = 1; camera <= o.peers; camera++) {
      children.push(startFfmpeg(ffmpeg, load, { camera, clips, dir }));
      // Its start is not what is measured; all at once they would starve each other's analysis.
      if (camera % 8 === 0) await pauseMs(1000);
    }
    await until(
      'all ffmpegs playing',
      async () => (await load.sessions()).filter((s) => s.pictures > 0).length >= o.peers * kindsOf(clips).length,
      limitFor(o.peers),
    );
    await pauseMs(Math.min(o.settleSeconds * 1000, peersSettleMs));
    const pids = children.flatMap((c) => (c.pid !== undefined && c.exitCode === null ? [c.pid] : []));
    if (pids.length < o.peers) throw new Error(`${o.peers - pids.length} ffmpegs ended by themselves`);
    const { cpu, wall } = await cost(pids, o.seconds);
    return cpu / wall / o.peers;
  } finally {
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }),
    );
    await load.stop();
  }
}

/** So much is written of a camera in a second, and of its small stream. */
const bytesPerSecond = { main: 270_000, sub: 60_000 };
/** Sockets and files of a stream, and what a process has open besides. */
const filesPerStream = 3;
const filesBesides = 500;

/** Says at once what would end the run later. */
function needRoom(o: Options, dir: string): void {
  const limit = Number(/Max open files\s+\d+\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
  const files = o.cameras * (o.subs ? 2 : 1) * filesPerStream + filesBesides;
  if (limit < files)
    throw new Error(`${o.cameras} cameras need ${files} open files and ${limit} are allowed (ulimit -Hn).`);
  const { bavail, bsize } = statfsSync(dir);
  const perSecond = bytesPerSecond.main + (o.subs ? bytesPerSecond.sub : 0);
  const bytes = o.cameras * perSecond * (o.seconds + o.settleSeconds + 20 + o.cameras / 10);
  if (bavail * bsize < bytes)
    throw new Error(
      `${dir} needs ${Math.ceil(bytes / 1e9)} GB for this and has ${Math.floor((bavail * bsize) / 1e9)}: name another in TMPDIR, or record fewer cameras or seconds.`,
    );
}

export async function benchRecord(o: Options): Promise<Outcome> {
  needLinux();
  const clips: Clips = {
    main: loadClipPath(o.cache, o.say),
    sub: o.subs ? loadClipPath(o.cache, o.say, 'sub') : null,
  };
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  try {
    needRoom(o, dir);
    const what = o.subs ? ' with their small streams' : '';
    o.say(`recording ${o.cameras} cameras${what} with Vigie for ${o.seconds} s`);
    const ours = await measureVigie(o, clips, join(dir, 'vigie'));
    rmSync(join(dir, 'vigie'), { recursive: true, force: true });
    o.say(`recording ${o.peers} cameras${what} with ffmpeg for ${o.seconds} s`);
    const theirs = await measureFfmpeg(o, clips, join(dir, 'ffmpeg'));
    return {
      name: 'record',
      figures: {
        cpuPerCamera: rounded(ours.cpuPerCamera),
        ffmpegCpuPerCamera: rounded(theirs),
        cpuRatio: rounded(ours.cpuPerCamera / theirs),
        mibPerCamera: rounded(ours.mib),
        bytesLost: ours.lost,
        gaps: ours.gaps,
        reconnects: ours.reconnects,
        bytesSent: ours.sent,
        rssMib: rounded(ours.rss),
        serverCpuPerCamera: rounded(ours.serverPerCamera),
        decoderCpuPerCamera: rounded(ours.childrenPerCamera),
        idleCores: rounded(ours.idleCores),
        cameras: o.cameras,
        streams: o.cameras * (o.subs ? 2 : 1),
        ffmpegCameras: o.peers,
        seconds: o.seconds,
      },
      goals: {
        cpuRatio: o.cameras >= 128 ? '<= 0.25' : '<= 0.5',
        ...(o.cameras >= 128 && { mibPerCamera: '<= 3' }),
        bytesLost: '== 0',
        gaps: '== 0',
        reconnects: '== 0',
      },
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
