/** `bench crash`: SIGKILL at random moments; what was sent and is not on disk afterwards, and what the index says of it. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readClip } from '../src/main/demo/clip.ts';
import { prepareStation } from './known-cameras.ts';
import { loadClipPath } from './load-clip.ts';
import { startLoad } from './load.ts';
import type { Outcome } from './outcome.ts';
import { quantile, rounded } from './outcome.ts';
import { needLinux } from './process-usage.ts';
import { compare, samplesOf, segmentFiles, sentBy } from './sent-and-kept.ts';
import { checkStation } from './station-check.ts';
import { pauseMs, startStation, until } from './station-process.ts';

type Options = { cameras: number; kills: number; cache: string; root: string; say: (text: string) => void };

export async function benchCrash(o: Options): Promise<Outcome> {
  needLinux();
  const clipPath = loadClipPath(o.cache, o.say);
  const clip = readClip(readFileSync(clipPath));
  const dir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const load = await startLoad({ clip: clipPath, cameras: o.cameras });
  try {
    const data = join(dir, 'data');
    const video = join(data, 'video');
    const { cameras, token } = await prepareStation({ root: o.root, dir: data, load, cameras: o.cameras });
    const lost: number[] = [];
    let indexErrors = 0;
    /** Sizes of files that no run writes any more: nothing may touch them. */
    const finished = new Map<string, number>();
    for (let kill = 1; kill <= o.kills; kill++) {
      const before = cameras.map((c) => new Set(segmentFiles(video, c.folder, 'main')));
      await load.ended();
      const station = await startStation({ root: o.root, dir: data, signIn: false, token });
      try {
        await until('all cameras recording again', async () =>
          (await station.cameras()).every((c) =>
            c.streams.some((s) => s.kind === 'main' && s.state === 'live' && s.recording),
          ),
        );
        await pauseMs(500 + Math.random() * 4000);
      } finally {
        await station.stop('SIGKILL');
      }
      // The server learns of the closed connections in a moment.
      await until('the sessions of the killed station ended', async () => (await load.sessions()).length === 0);
      const sessions = await load.ended();
      for (const [i, camera] of cameras.entries()) {
        const files = segmentFiles(video, camera.folder, 'main').filter((f) => !before[i]?.has(f));
        const kept: Uint8Array[] = [];
        for (const file of files) for (const s of await samplesOf(file)) kept.push(s.bytes);
        const c = compare(clip, sentBy(sessions, i + 1, 'main'), kept);
        lost.push((c.lostPictures * 1000) / clip.fps);
        if (c.foreign > 0) indexErrors++;
        for (const file of before[i] ?? []) {
          const size = statSync(file, { throwIfNoEntry: false })?.size ?? -1;
          const was = finished.get(file);
          if (was !== undefined && was !== size) {
            indexErrors++;
            o.say(`  ${file} changed from ${was} to ${size} bytes`);
          }
          finished.set(file, size);
        }
      }
      const now = lost.slice(-cameras.length);
      o.say(`  kill ${kill} of ${o.kills}: at most ${Math.max(...now).toFixed(0)} ms lost`);
    }
    // One more start takes the last open segments in; then the index is compared with the disk.
    const last = await startStation({ root: o.root, dir: data, signIn: false, token });
    try {
      await until('all cameras recording again', async () =>
        (await last.cameras()).every((c) => c.streams.some((s) => s.kind === 'main' && s.state === 'live')),
      );
    } finally {
      await last.stop();
    }
    const findings = checkStation(o.root, data);
    for (const { path, text } of findings) o.say(`  check: ${path ?? 'index'}: ${text}`);
    indexErrors += findings.length;
    return {
      name: 'crash',
      figures: {
        maxLostMs: rounded(Math.max(...lost)),
        p50LostMs: rounded(quantile(lost, 0.5)),
        indexErrors,
        kills: o.kills,
        cameras: o.cameras,
      },
      goals: { maxLostMs: '<= 1000', indexErrors: '== 0' },
    };
  } finally {
    await load.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
