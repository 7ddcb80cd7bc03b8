/** SIGKILL at any moment costs at most a second of each stream, and what was reported as durable is there. */
import { spawn } from 'node:child_process';
import { copyFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import type { IngestReport } from '#workers/ingest/port.ts';
import { createSegmentFiles } from '../../../src/main/adapters/files/index.ts';
import { complaints, hasFfmpeg } from '../../support/encoded.ts';
import { tempVolume } from '../../support/volume.ts';

const streams = 4;
const kills = 5;
let root: string;
let remove: () => void;
beforeEach(() => {
  ({ path: root, remove } = tempVolume());
});
afterEach(() => remove());

/** Runs a recording child, kills it `afterMs` after all streams are open; what it reported, and when it was killed. */
async function recordAndKill(afterMs: number): Promise<{ killedMs: number; reports: IngestReport[] }> {
  const script = fileURLToPath(new URL('./recording-child.ts', import.meta.url));
  const child = spawn(process.execPath, [script, '--root', root, '--streams', String(streams)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const reports: IngestReport[] = [];
  let opened = 0;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let killedMs = 0;
  await new Promise<void>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      if (killedMs > 0) return;
      const report = JSON.parse(line) as IngestReport;
      reports.push(report);
      if (report.op === 'opened') opened += 1;
      if (opened < streams || report.op !== 'opened') return;
      setTimeout(() => {
        killedMs = systemClock.nowMs();
        child.kill('SIGKILL');
        resolve();
      }, afterMs);
    });
  });
  await ended;
  return { killedMs, reports };
}

it(`killed ${kills} times at random moments, loses at most 1000 ms of any stream`, { timeout: 60_000 }, async () => {
  const lost: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const { killedMs, reports } = await recordAndKill(200 + Math.random() * 2000);
    const files = createSegmentFiles(root);
    for (let n = 1; n <= streams; n += 1) {
      const told = reports.flatMap((r) => (r.op === 'opened' && r.streamId === n ? [r.startMs] : []));
      const startMs = told.at(-1) ?? 0;
      const path = files.path(`camera-${n}`, 'main', startMs);
      const content = await files.inspect(path);
      const grew = reports.flatMap((r) => (r.op === 'grew' ? r.segments : [])).filter((s) => s.streamId === n);
      const last = grew.at(-1);
      if (content === null) {
        expect(last).toBeUndefined();
        lost.push(killedMs - startMs);
        continue;
      }
      expect(content.endMs).toBeGreaterThanOrEqual(last?.endMs ?? 0);
      expect(content.bytes).toBeGreaterThanOrEqual(last?.bytes ?? 0);
      lost.push(killedMs - content.endMs);
      if (n > 1 || !hasFfmpeg) continue;
      const copy = join(root, `recovered-${kill}.mp4`);
      copyFileSync(path, copy);
      truncateSync(copy, content.bytes);
      expect(complaints(copy)).toEqual([]);
    }
  }
  expect(lost).toHaveLength(kills * streams);
  expect(Math.max(...lost)).toBeLessThanOrEqual(1000);
});
