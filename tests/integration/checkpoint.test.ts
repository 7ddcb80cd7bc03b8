import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import type { WorkerPort } from '#lib/worker-port.ts';
import { createCheckpointClient, type CheckpointClient } from '#workers/checkpoint/client.ts';
import type { CheckpointCommand, CheckpointReport } from '#workers/checkpoint/port.ts';
import { startThread } from '#workers/lib/thread.ts';
import { type IndexStore, openCheckpointer, openThumbnailStore } from '../../src/main/adapters/sqlite/index.ts';
import type { ThumbnailStore } from '../../src/main/engine/thumbnail-port.ts';
import { CameraId } from '#domain/id.ts';
import { storeStage, t0 } from '../support/store-stage.ts';
import { until } from '../support/until.ts';

const worker = fileURLToPath(new URL('../../src/workers/checkpoint/worker.ts', import.meta.url));
const camera = CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZA');
const stage = storeStage();
let store: IndexStore;
let thumbnails: ThumbnailStore;
let pictures: string;
let client: CheckpointClient;
let threads: WorkerPort<CheckpointCommand, CheckpointReport>[];
let told: string[];

beforeEach(() => {
  store = stage.open();
  store.syncLater();
  pictures = join(stage.dir(), 'thumbnails.db');
  thumbnails = openThumbnailStore(pictures, new Uint8Array(32), quietLog);
  threads = [];
  told = [];
  client = createCheckpointClient({
    clock: systemClock,
    log: { ...quietLog, error: (text) => told.push(text), warn: (text) => told.push(text) },
    start() {
      const thread = startThread<CheckpointCommand, CheckpointReport>(worker, 'checkpoint', {
        paths: [stage.path(), pictures],
      });
      threads.push(thread);
      return thread;
    },
  });
});
afterEach(async () => {
  thumbnails.close();
  store.close();
  await client.stop();
});

const pagesIn = (path: string): number => {
  const look = openCheckpointer(path);
  try {
    return look.state().pages;
  } finally {
    look.close();
  }
};
const writeMuch = (): void => {
  for (let n = 0; n < 800; n += 1) store.setting.set(`key ${n}`, String(Math.random()).repeat(200));
  for (let n = 0; n < 500; n += 1) thumbnails.put(camera, t0 + n * 10_000, new Uint8Array(8_000));
};
const takenOver = (): Promise<unknown> =>
  until(
    'both logs are taken over and begun anew',
    () => pagesIn(stage.path()) < 100 && pagesIn(pictures) < 100,
    30_000,
  );

it('takes over what others write, is replaced when it dies, and leaves whole databases without logs', async () => {
  writeMuch();
  expect(pagesIn(stage.path())).toBeGreaterThan(1_000);
  expect(pagesIn(pictures)).toBeGreaterThan(1_000);
  await takenOver();
  expect(told).toEqual([]);

  await threads[0]?.kill();
  await until('another one is there', () => threads.length === 2);
  expect(told).toEqual(['the checkpoint worker stopped and is restarted']);
  expect(client.restarts()).toBe(1);
  for (let n = 0; n < 800; n += 1) store.setting.set(`key ${n}`, 'x'.repeat(4_000));
  await until('it works', () => pagesIn(stage.path()) < 100, 30_000);

  expect(store.faults()).toEqual([]);
  await store.durable();
  thumbnails.close();
  store.close();
  await client.stop();
  expect(client.hanging()).toBe(false);
  expect([stage.path(), pictures].map((path) => existsSync(`${path}-wal`))).toEqual([false, false]);
  store = stage.open();
  thumbnails = openThumbnailStore(pictures, new Uint8Array(32), quietLog);
  expect(store.setting.get('key 7')).toBe('x'.repeat(4_000));
  expect(thumbnails.totals().counts[2]).toBeGreaterThan(0);
});
