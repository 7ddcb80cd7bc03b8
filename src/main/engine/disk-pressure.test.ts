import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { EventId, StreamId } from '#domain/id.ts';
import type { StreamStatus } from '#domain/stream.ts';
import { quietLog } from '#lib/log.ts';
import type { DiskLag } from '#workers/ingest/port.ts';
import { cameraRow } from '../../../tests/support/camera-row.ts';
import { createDiskPressure, slowWords } from './disk-pressure.ts';
import type { CameraRecord } from './index-port.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const cameras = 20;
const mainOf = (n: number): StreamId => (2 * n + 1) as StreamId;
const subOf = (n: number): StreamId => (2 * n + 2) as StreamId;

/** Twenty cameras with two streams on one volume, all recorded; what gives way is told as a worker tells it. */
function rig() {
  const records = Array.from(
    { length: cameras },
    (_, n): CameraRecord => ({ ...cameraRow(), enabled: true, streamIds: { main: mainOf(n), sub: subOf(n) } }),
  );
  let given: readonly StreamId[] = [];
  let isOther = false;
  const events: { data: Record<string, unknown>; severity: string; ended: boolean }[] = [];
  const pressure = createDiskPressure({
    clock: { nowMs: () => Date.now(), nowUs: () => Date.now() * 1000, monoMs: () => performance.now() },
    log: quietLog,
    events: {
      note(event) {
        events.push({ data: event.data ?? {}, severity: event.severity, ended: false });
        return { id: events.length - 1 } as unknown as ReturnType<
          Parameters<typeof createDiskPressure>[0]['events']['note']
        >;
      },
      finish(id: EventId) {
        const event = events[id as unknown as number];
        if (event !== undefined) event.ended = true;
      },
    },
    statuses: {
      get: (id): StreamStatus =>
        ({ recording: !given.includes(id), trouble: given.includes(id) ? 'disk-slow' : null }) as StreamStatus,
    },
    volumes: {
      placeOf: () => 1,
      filesOf: () => ({ root: '/disk/video' }) as never,
      isOther: () => isOther,
    },
    cameras: () => records,
    pool: () => ({ giveWay: (ids) => (given = ids) }),
    roomNeeded: () => undefined,
  });
  pressure.start();
  return {
    pressure,
    events,
    given: () => given,
    /** Whether there is another disk. */
    other(yes: boolean) {
      isOther = yes;
    },
    /** A second in which a worker tells of these. */
    second(...lags: Partial<DiskLag>[]) {
      pressure.behind(
        lags.map((lag) => ({
          ...{ streamId: mainOf(0), volume: 1, lagMs: 0, opening: false, fill: 0, dropping: false },
          ...lag,
        })),
      );
      vi.advanceTimersByTime(1000);
    },
  };
}

it('says that pictures wait in memory while files are made, and touches nothing', () => {
  const { pressure, events, given, second } = rig();
  for (let lagMs = 2_000; lagMs < 8_000; lagMs += 1_000) {
    second({ lagMs, opening: true, fill: 0.2 }, { streamId: subOf(3), lagMs: 1_000, opening: true });
    expect(pressure.slow().map((s) => s.is)).toEqual(lagMs < 3_000 ? [] : ['waits']);
  }
  expect(pressure.slow()).toEqual([
    { is: 'waits', volume: 1, path: '/disk/video', behindMs: 7_000, yielding: 0, of: cameras },
  ]);
  second({ lagMs: 0 });
  expect(pressure.slow()).toEqual([]);
  expect(given()).toEqual([]);
  expect(events).toEqual([]);
  expect(pressure.any()).toBe(false);
  pressure.stop();
});

it('lets nobody give way soon where there is another disk to go to, unless memory gets scarce', () => {
  const { pressure, given, second, other } = rig();
  other(true);
  for (let lagMs = 3_000; lagMs < 8_000; lagMs += 1_000) second({ lagMs, fill: 0.2 });
  expect(given()).toEqual([]);
  second({ lagMs: 8_000, fill: 0.4 });
  expect(given()).toHaveLength(cameras);
  pressure.stop();
});

it('says in turn that sub streams give way, come back and are all there, in one event', () => {
  const { pressure, events, given, second } = rig();
  second({ lagMs: 3_400 });
  expect(given()).toEqual(Array.from({ length: cameras }, (_, n) => subOf(n)));
  expect(pressure.slow()).toEqual([
    { is: 'yields', volume: 1, path: '/disk/video', behindMs: 3_400, yielding: 20, of: 20 },
  ]);
  expect(slowWords(pressure.slow()[0] ?? never())).toContain('20 of 20 sub streams are not recorded');
  expect(events).toMatchObject([
    { severity: 'warning', ended: false, data: { streams: 20, lagMs: 3_400, lost: false } },
  ]);
  second({ lagMs: 0 });
  expect(pressure.slow()).toMatchObject([{ is: 'returns', yielding: 20 }]);
  for (let i = 0; i < 15; i += 1) second();
  // Two of twenty, the rest in steps.
  expect(pressure.slow()).toMatchObject([{ is: 'returns', yielding: 18 }]);
  expect(given()).toHaveLength(18);
  expect(slowWords(pressure.slow()[0] ?? never())).toContain('keeps up again');
  for (let i = 0; i < 20; i += 1) second();
  expect(pressure.slow()).toEqual([]);
  expect(given()).toEqual([]);
  expect(events).toMatchObject([{ ended: true }]);
  expect(pressure.any()).toBe(false);
  pressure.stop();
});

it('says so, louder, when a main stream loses pictures, and not when only a sub stream does', () => {
  const { pressure, events, second } = rig();
  second({ streamId: subOf(1), lagMs: 9_000, dropping: true });
  expect(pressure.slow()).toMatchObject([{ is: 'yields' }]);
  expect(events).toMatchObject([{ severity: 'warning' }]);
  second({ lagMs: 9_000, fill: 1, dropping: true });
  expect(pressure.slow()).toMatchObject([{ is: 'loses' }]);
  expect(slowWords(pressure.slow()[0] ?? never())).toContain('Main streams lose pictures');
  expect(events).toMatchObject([{ ended: true }, { severity: 'alarm', ended: false, data: { lost: true } }]);
  // It does not any more, and the disk is still behind.
  second({ lagMs: 4_000, fill: 0.4 }, { streamId: subOf(1), lagMs: 0 });
  expect(pressure.slow()).toMatchObject([{ is: 'yields' }]);
  pressure.stop();
  expect(events.every((e) => e.ended)).toBe(true);
});

const never = (): never => {
  throw new Error('nothing is told');
};
