/** That what is recorded is told whoever finds out first; what is decided is tried in `domain/decide/recording.test.ts`. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Event } from '#domain/event.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import { recordOnEvents } from '#domain/recording-plan.ts';
import type { Clock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { cameraRow, cameraStream } from '../../../tests/support/camera-row.ts';
import type { CameraRecord } from './index-port.ts';
import { createRecordings } from './recordings.ts';

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

it('tells that recording is over, also when an order that is asked for finds it first', () => {
  const plan = { ...recordOnEvents, postRollS: 6 };
  const row = cameraRow({ main: { ...cameraStream(), plan } });
  const camera: CameraRecord = { ...row, streamIds: { main: 1 as StreamId, sub: null } };
  let hear: (event: Event) => void = () => undefined;
  const told: string[] = [];
  const recordings = createRecordings({
    ...{ clock, log: quietLog, newId: () => 'unused' },
    store: { setting: { get: () => null }, schedules: () => [], openEvents: () => [] } as never,
    events: {
      note: () => null,
      finish: () => undefined,
      listen(listener) {
        hear = listener;
        return () => undefined;
      },
    },
    records: () => [camera],
    record: () => camera,
    alsoUses: () => [],
    cameras: () => ({ update: () => Promise.reject(new Error('nothing is changed here')) }),
    obey: () => undefined,
    changed: (id: CameraId) => {
      expect(id).toBe(camera.id);
      told.push(recordings.now(camera).main.why);
    },
  });
  recordings.start();
  expect(told).toEqual([]);
  const atMs = Date.now();
  hear({ id: 'e', kind: 'external', cameraId: camera.id, fromMs: atMs, toMs: atMs } as unknown as Event);
  expect(told).toEqual(['post-roll']);
  // Its six seconds are over, and the timer for it is late: the station is busy.
  vi.setSystemTime(atMs + 6_001);
  expect(recordings.order(camera, 'main')).toMatchObject({ wanted: false, armed: true });
  expect(told).toEqual(['post-roll', 'armed']);
  // The timer finds nothing new.
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['post-roll', 'armed']);
  recordings.stop();
});
