/** Debian's `motion` on the same small streams: what watching for motion costs elsewhere. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Load } from './load.ts';
import { cpuSeconds } from './process-usage.ts';
import { pauseMs, until } from './station-process.ts';
import { height, width } from './watch-scene.ts';

/** First of `MOTION_BIN` and `motion` on the path; null: there is none. */
export function motionPath(): string | null {
  const path = process.env['MOTION_BIN'] ?? 'motion';
  return spawnSync(path, ['-h']).error === undefined ? path : null;
}

/** Looks for motion and does nothing about it: no files, no pages, no pictures passed on. */
const common = [
  ...['daemon off', 'setup_mode off', 'webcontrol_port 0', 'stream_port 0', 'log_level 6'],
  ...['picture_output off', 'movie_output off', 'snapshot_interval 0', 'pre_capture 0', 'post_capture 0'],
];
/**
 * What is smaller than a 500th of the picture is no motion, and 10 s without end one: as Vigie has it by itself. Every picture that
 * a camera sends is looked at, and none twice: by itself `motion` looks 15 times a second.
 */
const perCamera = (fps: number): string[] => [
  ...[`width ${width}`, `height ${height}`, `framerate ${fps}`, 'text_left', 'text_right'],
  ...[`threshold ${Math.round(0.002 * width * height)}`, 'minimum_motion_frames 1', 'event_gap 10'],
];

export type PeerFigures = { cpuPerCamera: number; events: number };

/** CPU of one `motion` for all `cameras`, over `seconds` that begin `settleS` after all streams play. */
export async function measureMotion(of: {
  path: string;
  load: Load;
  cameras: number;
  /** Pictures a second of a stream. */
  fps: number;
  dir: string;
  settleS: number;
  seconds: number;
}): Promise<PeerFigures> {
  const { path, load, cameras, fps, dir, settleS, seconds } = of;
  mkdirSync(dir, { recursive: true });
  const log = join(dir, 'motion.log');
  const files = Array.from({ length: cameras }, (_, i) => {
    const file = join(dir, `camera-${i + 1}.conf`);
    writeFileSync(
      file,
      [`camera_id ${i + 1}`, `netcam_url ${load.url(i + 1, 'sub')}`, ...perCamera(fps)].map((l) => `${l}\n`).join(''),
    );
    return file;
  });
  const file = join(dir, 'motion.conf');
  const whole = [...common, `target_dir ${dir}`, `log_file ${log}`, ...files.map((f) => `camera ${f}`)];
  writeFileSync(file, whole.map((l) => `${l}\n`).join(''));
  const child = spawn(path, ['-n', '-c', file], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const { pid } = child;
  if (pid === undefined) throw new Error('motion did not start.');
  const playing = async (): Promise<number> =>
    new Set((await load.sessions()).filter((s) => s.playing && s.pictures > 2 * settleS).map((s) => s.path)).size;
  try {
    await until('all streams of motion playing', async () => (await playing()) >= cameras, {
      limitMs: 60_000 + cameras * 1_000,
      everyMs: 500,
    });
    await pauseMs(settleS * 1_000);
    if (child.exitCode !== null) throw new Error(`motion ended by itself: see ${log}`);
    const [before, fromMs] = [cpuSeconds(pid), performance.now()];
    await pauseMs(seconds * 1_000);
    const cpu = cpuSeconds(pid) - before;
    const wall = (performance.now() - fromMs) / 1_000;
    const events = readFileSync(log, 'utf8').match(/starting event/g)?.length ?? 0;
    return { cpuPerCamera: cpu / wall / cameras, events };
  } finally {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  }
}
