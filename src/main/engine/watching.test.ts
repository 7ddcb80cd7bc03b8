/** When the watch worker is there; what it does is seen in `tests/integration/watching.test.ts`. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { StreamId } from '#domain/id.ts';
import type { StreamStatus } from '#domain/stream.ts';
import { WatchSettings } from '#domain/watching.ts';
import type { Clock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { shownSlot } from '#workers/ingest/port.ts';
import type { WatchCommand, WatchReport } from '#workers/watch/port.ts';
import { cameraRow } from '../../../tests/support/camera-row.ts';
import type { CameraRecord } from './index-port.ts';
import { createWatching, type WatchEars } from './watching.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const clock: Clock = {
  nowMs: () => Date.now(),
  nowUs: () => Date.now() * 1_000,
  monoMs: () => performance.now(),
};
const live: Partial<StreamStatus> = { state: 'live' };
const deaf: WatchEars = { looked() {}, frame() {}, failed() {}, unwatched() {} };

it('has a worker while something is watched, and for a minute after', async () => {
  const camera: CameraRecord = { ...cameraRow(), streamIds: { main: 1 as StreamId, sub: null } };
  let settings = WatchSettings.parse({ mode: 'off' });
  const threads: { told: WatchCommand[]; ended: boolean }[] = [];
  const watching = createWatching({
    ...{ clock, log: quietLog },
    ffmpeg: { found: { path: 'ffmpeg', version: '7', source: 'test' } },
    startWorker(_setup, on) {
      const thread: (typeof threads)[number] = { told: [], ended: false };
      threads.push(thread);
      on.up();
      return {
        post(command) {
          thread.told.push(command);
          return true;
        },
        restarts: () => 0,
        stop() {
          thread.ended = true;
          return Promise.resolve();
        },
      };
    },
    pool: () => ({ picturesTo() {}, show() {} }),
    records: () => [camera],
    status: () => live as StreamStatus,
    rules: {
      settings: () => settings,
      zones: () => [],
      privacy: () => [],
    } as never,
    ...{ judged: () => false, detects: () => false, reads: () => false, share: () => 1, ears: () => deaf },
  });
  watching.start();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(threads).toEqual([]);
  expect(watching.workers()).toEqual([]);

  settings = WatchSettings.parse({ mode: 'motion' });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(threads).toHaveLength(1);
  expect(threads[0]?.told.filter((c) => c.op === 'watch')).toHaveLength(1);
  expect(watching.workers()).toMatchObject([{ kind: 'watch', streams: 1 }]);

  settings = WatchSettings.parse({ mode: 'off' });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(threads[0]?.told.at(-1)).toEqual({ op: 'unwatch', streamId: 1 });
  expect(threads[0]?.ended).toBe(false);
  await vi.advanceTimersByTimeAsync(40_000);
  expect(threads[0]?.ended).toBe(true);
  expect(watching.workers()).toEqual([]);

  settings = WatchSettings.parse({ mode: 'motion' });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(threads).toHaveLength(2);
  expect(threads[1]?.told.filter((c) => c.op === 'watch')).toHaveLength(1);
  await watching.stop();
  expect(threads[1]?.ended).toBe(true);
});

it('blames the camera for few pictures only where the PC managed all that came', async () => {
  const camera: CameraRecord = { ...cameraRow(), streamIds: { main: 1 as StreamId, sub: null } };
  let slot = new Int32Array(new SharedArrayBuffer(16));
  let said: (report: WatchReport) => void = () => undefined;
  const watching = createWatching({
    ...{ clock, log: quietLog },
    ffmpeg: { found: { path: 'ffmpeg', version: '7', source: 'test' } },
    startWorker(_setup, on) {
      said = (report) => on.message(report);
      on.up();
      return {
        post(command) {
          if (command.op === 'watch') slot = new Int32Array(command.order.slot);
          return true;
        },
        restarts: () => 0,
        stop: () => Promise.resolve(),
      };
    },
    pool: () => ({ picturesTo() {}, show() {} }),
    records: () => [camera],
    status: () => live as StreamStatus,
    rules: { settings: () => WatchSettings.parse({ mode: 'motion' }), zones: () => [], privacy: () => [] } as never,
    ...{ judged: () => false, detects: () => false, reads: () => false, share: () => 1, ears: () => deaf },
  });
  let dropped = 0;
  const look = (): void => {
    const atMs = Date.now();
    said({
      ...{ op: 'looked', streamId: 1 as StreamId, atMs, arrivedMs: atMs, motion: null, events: [], judged: null },
      ...{ second: false, asks: false, dropped },
    });
  };
  /** One picture in two seconds, half of what is asked for. */
  const seconds = async (n: number): Promise<void> => {
    for (let s = 0; s < n; s += 2) {
      await vi.advanceTimersByTimeAsync(2_000);
      look();
    }
  };
  const trouble = (): unknown => watching.state(camera.id).trouble;
  watching.start();
  await vi.advanceTimersByTimeAsync(2_000);
  dropped = 1;
  await seconds(60);
  // All that comes is looked at again, and the minute before is still thin.
  expect(trouble()).toBe('busy');
  await seconds(80);
  expect(trouble()).toBe('key-frames-rare');
  await vi.advanceTimersByTimeAsync(12_000);
  expect(trouble()).toBe('no-picture');
  Atomics.add(slot, shownSlot.missed, 1);
  expect(trouble()).toBe('busy');
  await watching.stop();
});
