/** The ingest thread as the engine starts it. */
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { IngestCommand, IngestReport, IngestSetup } from '#workers/ingest/port.ts';
import { startScriptedCamera } from '../support/rtsp-server/scripted-camera.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';
import { markVolume } from '../support/volume.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

test('it records many cameras, closes all on drain and ends by itself', async () => {
  const folder = tempFolder('vigie-worker-');
  markVolume(folder.path);
  cleanups.push(folder.remove);
  const camera = await startScriptedCamera();
  cleanups.push(camera.close);
  const setup: IngestSetup = {
    ffmpeg: null,
    boot: 'test',
    maxPendingBytes: 8e6,
    maxPreRollBytes: 64e6,
    maxCachedGopBytes: 4e6,
  };
  const worker = new Worker(new URL('../../src/workers/ingest/worker.ts', import.meta.url), { workerData: setup });
  let exit: number | null = null;
  worker.once('exit', (code) => {
    exit = code;
  });
  cleanups.push(() => (exit === null ? worker.terminate() : null));
  const reports: IngestReport[] = [];
  worker.on('message', (report: IngestReport) => void reports.push(report));
  const say = (command: IngestCommand): void => worker.postMessage(command);
  const all = <K extends IngestReport['op']>(op: K) =>
    reports.filter((r): r is Extract<IngestReport, { op: K }> => r.op === op);
  for (let n = 1; n <= 12; n++)
    say({
      op: 'start',
      stream: {
        streamId: n as StreamId,
        cameraId: '01JD0000000000000000000000' as CameraId,
        kind: 'main',
        label: `camera ${n}`,
        url: camera.url(),
        transport: 'auto',
        username: null,
        password: null,
        record: { volume: 1, root: folder.path, folder: `camera-${n}` },
        notBeforeMs: 0,
      },
    });
  await until(
    'all are recorded',
    () => new Set(all('grew').flatMap((g) => g.segments.map((s) => s.streamId))).size === 12,
  );
  say({ op: 'watch', streamId: 3 as StreamId, on: true });
  await until('live pictures come across', () => all('live').length > 5);
  expect(all('live')[0]?.frame).toBeInstanceOf(ArrayBuffer);
  say({ op: 'drain' });
  await until('the thread has ended', () => exit !== null);
  expect(exit).toBe(0);
  expect(all('sealed')).toHaveLength(12);
  expect(reports.at(-1)?.op).toBe('drained');
});
