/** `bench record`: N cameras recorded by the station and, in the same run, by one ffmpeg per camera. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readClip } from '../src/main/demo/clip.ts';
import { ffmpegPath, loadClipPath } from './load-clip.ts';
import { startLoad } from './load.ts';
import type { Load } from './load.ts';
import type { Outcome } from './outcome.ts';
import { rounded } from './outcome.ts';
import { childrenSeconds, cpuSeconds, needLinux, residentMib, threadSeconds } from './process-usage.ts';
import { compare, samplesOf, segmentFiles } from './sent-and-kept.ts';
import { pauseMs, startStation, until } from './station-process.ts';

type Options = {
  cameras: number;
  seconds: number;
  profile: boolean;
  cache: string;
  root: string;
  say: (text: string) => void;
};

/** So long all runs before it is measured: recorders run for months, and what a runtime compiles at first is not what they cost. */
const settleMs = 20_000;

/** CPU seconds that `pids` use in `seconds`. */
async function cost(pids: number[], seconds: number): Promise<{ cpu: number; wall: number }> {
  const before = pids.map((pid) => cpuSeconds(pid));
  const began = performance.now();
  await pauseMs(seconds * 1000);
  const wall = (performance.now() - began) / 1000;
  return { cpu: pids.reduce((sum, pid, i) => sum + cpuSeconds(pid) - (before[i] ?? 0), 0), wall };
}

type Ours = {
  cpuPerCamera: number;
  serverPerCamera: number;
  childrenPerCamera: number;
  mib: number;
  rss: number;
  lost: number;
  sent: number;
  gaps: number;
};

async function measureVigie(o: Options, clipPath: string, dir: string): Promise<Ours> {
  const load = await startLoad({ clip: clipPath, cameras: o.cameras });
  const cpuprofile = o.profile ? ['--cpu-prof', `--cpu-prof-dir=${join(o.cache, 'profile')}`] : [];
  const station = await startStation({ root: o.root, dir, execArgv: cpuprofile });
  try {
    await pauseMs(1500);
    const idle = residentMib(station.pid);
    const cameras = await station.addCameras(Array.from({ length: o.cameras }, (_, i) => ({ main: load.url(i + 1) })));
    await until('all cameras live and recording', async () => {
      const views = await station.cameras();
      return views.every((v) => v.streams.some((s) => s.kind === 'main' && s.state === 'live' && s.recording));
    });
    await pauseMs(settleMs);
    const fromMs = Date.now();
    const serverBefore = cpuSeconds(load.pid);
    const childrenBefore = childrenSeconds(station.pid);
    const threadsBefore = threadSeconds(station.pid);
    const { cpu, wall } = await cost([station.pid], o.seconds);
    const serverCpu = cpuSeconds(load.pid) - serverBefore;
    const childrenCpu = childrenSeconds(station.pid) - childrenBefore;
    const rss = residentMib(station.pid);
    const toMs = Date.now();
    const threads = [...threadSeconds(station.pid)]
      .map(([name, seconds]) => ({ name, seconds: seconds - (threadsBefore.get(name) ?? 0) }))
      .sort((x, y) => y.seconds - x.seconds);
    o.say(`  Vigie's threads: ${threads.map((t) => `${t.name} ${t.seconds.toFixed(2)} s`).join(', ')}`);
    // The cameras fall silent before the station stops, so that "sent" has an end that both agree on.
    await load.pause();
    const sessions = await load.sessions();
    await pauseMs(1500);
    const timeline = await station.call<{ rows: { gaps: { fromMs: number; toMs: number | null }[] }[] }>(
      'GET',
      `/timeline?fromMs=${fromMs}&toMs=${toMs}&grainMs=0`,
    );
    const gaps = timeline.rows.reduce((n, r) => n + r.gaps.filter((g) => g.fromMs < toMs).length, 0);
    await station.stop();
    const clip = readClip(readFileSync(clipPath));
    let lost = 0;
    let sent = 0;
    for (const [i, camera] of cameras.entries()) {
      const kept: Uint8Array[] = [];
      for (const file of segmentFiles(join(dir, 'video'), camera.folder, 'main')) {
        for (const s of await samplesOf(file)) kept.push(s.bytes);
      }
      // A probe or an earlier attempt may have a session of its own; the recorded one is the longest.
      const session = sessions
        .filter((s) => s.path === `/cam/${i + 1}/main` && s.firstPicture !== null)
        .sort((a, b) => b.pictures - a.pictures)[0];
      if (session?.firstPicture == null || session.lastPicture === null)
        throw new Error(`camera ${i + 1} was never played`);
      const c = compare(clip, session.firstPicture, session.lastPicture, kept);
      sent += c.sentBytes;
      lost += c.lostBytes;
      if (c.lostPictures > 0 || c.foreign > 0)
        o.say(
          `  camera ${i + 1}: ${c.lostPictures} pictures lost, ${c.foreign} that were not sent, ${session.dropped} not taken in time`,
        );
    }
    return {
      cpuPerCamera: cpu / wall / o.cameras,
      serverPerCamera: serverCpu / wall / o.cameras,
      childrenPerCamera: childrenCpu / wall / o.cameras,
      mib: (rss - idle) / o.cameras,
      rss,
      lost,
      sent,
      gaps,
    };
  } finally {
    await station.stop('SIGKILL');
    await load.stop();
  }
}

function startFfmpeg(path: string, load: Load, camera: number, dir: string): ChildProcess {
  const out = join(dir, `camera-${camera}`);
  mkdirSync(out, { recursive: true });
  return spawn(
    path,
    [
      '-nostdin',
      '-loglevel',
      'error',
      '-rtsp_transport',
      'tcp',
      '-i',
      load.url(camera),
      '-c',
      'copy',
      '-f',
      'segment',
      '-segment_time',
      '60',
      '-reset_timestamps',
      '1',
      join(out, '%04d.mp4'),
    ],
    { stdio: ['ignore', 'ignore', 'ignore'] },
  );
}

async function measureFfmpeg(o: Options, clipPath: string, dir: string): Promise<number> {
  const load = await startLoad({ clip: clipPath, cameras: o.cameras });
  const ffmpeg = ffmpegPath();
  const children: ChildProcess[] = [];
  try {
    for (let c = 1; c <= o.cameras; c++) {
      children.push(startFfmpeg(ffmpeg, load, c, dir));
      // Its start is not what is measured; all at once they would starve each other's analysis.
      if (c % 8 === 0) await pauseMs(1000);
    }
    await until(
      'all ffmpegs playing',
      async () => (await load.sessions()).filter((s) => s.pictures > 0).length >= o.cameras,
    );
    await pauseMs(settleMs);
    const pids = children.flatMap((c) => (c.pid !== undefined && c.exitCode === null ? [c.pid] : []));
    if (pids.length < o.cameras) throw new Error(`${o.cameras - pids.length} ffmpegs ended by themselves`);
    const { cpu, wall } = await cost(pids, o.seconds);
    return cpu / wall / o.cameras;
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

export async function benchRecord(o: Options): Promise<Outcome> {
  needLinux();
  const clip = loadClipPath(o.cache, o.say);
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  try {
    o.say(`recording ${o.cameras} cameras with Vigie for ${o.seconds} s`);
    const ours = await measureVigie(o, clip, join(dir, 'vigie'));
    rmSync(join(dir, 'vigie'), { recursive: true, force: true });
    o.say(`recording ${o.cameras} cameras with ffmpeg for ${o.seconds} s`);
    const theirs = await measureFfmpeg(o, clip, join(dir, 'ffmpeg'));
    return {
      name: 'record',
      figures: {
        cpuPerCamera: rounded(ours.cpuPerCamera),
        ffmpegCpuPerCamera: rounded(theirs),
        cpuRatio: rounded(ours.cpuPerCamera / theirs),
        mibPerCamera: rounded(ours.mib),
        bytesLost: ours.lost,
        gaps: ours.gaps,
        bytesSent: ours.sent,
        rssMib: rounded(ours.rss),
        serverCpuPerCamera: rounded(ours.serverPerCamera),
        decoderCpuPerCamera: rounded(ours.childrenPerCamera),
        cameras: o.cameras,
        seconds: o.seconds,
      },
      goals: {
        cpuRatio: o.cameras >= 128 ? '<= 0.25' : '<= 0.5',
        ...(o.cameras >= 128 && { mibPerCamera: '<= 3' }),
        bytesLost: '== 0',
        gaps: '== 0',
      },
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
