import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { WorkerPort } from '#lib/worker-port.ts';
import { startThread } from '#workers/lib/thread.ts';
import { createSpareThreads } from './spare-threads.ts';

it('gives away spare threads first, never one that failed, and ends those that are left', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-spare-'));
  const file = join(dir, 'thread.cjs');
  writeFileSync(
    file,
    "const { parentPort, workerData } = require('node:worker_threads'); if (workerData === 0) throw new Error('x'); parentPort.on('message', (m) => parentPort.postMessage([workerData, m]));",
  );
  let started = 0;
  const exits: Promise<number>[] = [];
  const threads = createSpareThreads<string, [number, string]>(() => {
    const n = started++;
    const thread: WorkerPort<string, [number, string]> = startThread(file, 'test', n);
    exits.push(new Promise((resolve) => thread.onExit(() => resolve(n))));
    return thread;
  });
  threads.add(3);
  expect(await exits[0]).toBe(0);
  const answer = (thread: WorkerPort<string, [number, string]>) =>
    new Promise<[number, string]>((resolve) => {
      thread.onMessage(resolve);
      thread.post('hello');
    });
  const taken = threads.take();
  expect(await answer(taken)).toEqual([1, 'hello']);
  await threads.end();
  expect(await exits[2]).toBe(2);
  const later = threads.take();
  expect(await answer(later)).toEqual([3, 'hello']);
  await Promise.all([taken.kill(), later.kill()]);
  rmSync(dir, { recursive: true, force: true });
});
