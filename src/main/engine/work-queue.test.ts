import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CameraId, EventId } from '#domain/id.ts';
import type { WorkHold } from '#domain/work.ts';
import type { Clock } from '#lib/clock.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { openWriteStore } from '../adapters/sqlite/index.ts';
import { createWorkQueue, type WorkOutcome } from './work-queue.ts';

const newId = createUlids(() => systemClock.nowMs());
const camera = newId() as CameraId;
let dir: string;
let atMs: number;
const clock: Clock = { ...systemClock, nowMs: () => atMs, monoMs: () => atMs };
beforeEach(() => {
  vi.useFakeTimers();
  atMs = 1_800_000_000_000;
  dir = mkdtempSync(join(tmpdir(), 'vigie-work-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(dir, { recursive: true, force: true });
});

function open(bound = 10) {
  const store = openWriteStore(join(dir, 'vigie.db'), {
    ...{ clock, log: quietLog, newStation: () => ({ id: newId(), name: 'Test' }) },
  });
  const ran: EventId[] = [];
  const say: { outcome: WorkOutcome; hold: WorkHold | null } = { outcome: { is: 'done' }, hold: null };
  const queue = createWorkQueue({
    ...{ kind: 'transcription', clock, log: quietLog, store: store.work, bound, hold: () => say.hold },
    run: async ({ eventId }) => {
      ran.push(eventId);
      return say.outcome;
    },
  });
  const event = (): EventId => {
    const id = newId() as EventId;
    store.event.add({
      ...{ id, origin: store.station.get().id, kind: 'speech', severity: 'info', cameraId: null },
      ...{ fromMs: atMs, toMs: atMs, data: {} },
    });
    return id;
  };
  const pass = async (ms: number): Promise<void> => {
    atMs += ms;
    await vi.advanceTimersByTimeAsync(4_000);
  };
  return { store, queue, ran, say, event, pass };
}

it('does what is due, in order, and what a restart left', async () => {
  const first = open();
  const [a, b] = [first.event(), first.event()];
  first.queue.add(b, camera, atMs + 2_000);
  first.queue.add(a, camera, atMs + 1_000);
  first.queue.add(newId() as EventId, camera, atMs);
  expect(first.queue.now()).toMatchObject({ waiting: 2, running: false, hold: null, oldestMs: atMs });
  first.store.close();
  const { store, queue, ran, pass } = open();
  queue.start();
  await pass(500);
  expect(ran).toEqual([]);
  await pass(5_000);
  expect(ran).toEqual([a, b]);
  expect(queue.now()).toMatchObject({ waiting: 0, done: 2, failed: 0, oldestMs: null });
  await queue.stop();
  store.close();
});

it('tries again later what failed, each time later, and gives up in the end', async () => {
  const { store, queue, ran, say, event, pass } = open();
  say.outcome = { is: 'failed', why: 'the disk is away' };
  queue.add(event(), camera, atMs);
  queue.start();
  await pass(0);
  expect(queue.now()).toMatchObject({ waiting: 1, retried: 1, fault: 'the disk is away' });
  await pass(30_000);
  expect(ran).toHaveLength(1);
  await pass(31_000);
  expect(ran).toHaveLength(2);
  for (let n = 0; n < 10; n += 1) await pass(7 * 3_600_000);
  expect(ran).toHaveLength(6);
  expect(queue.now()).toMatchObject({ waiting: 0, failed: 1, retried: 5 });
  await queue.stop();
  store.close();
});

it('waits while it is held, counts what came too early for nothing, and drops the oldest of too many', async () => {
  const { store, queue, ran, say, event, pass } = open(3);
  say.hold = 'no-model';
  const ids = Array.from({ length: 5 }, () => {
    atMs += 1;
    const id = event();
    queue.add(id, camera, atMs);
    return id;
  });
  queue.start();
  await pass(60_000);
  expect(ran).toEqual([]);
  expect(queue.now()).toMatchObject({ waiting: 3, dropped: 2, hold: 'no-model' });
  say.hold = null;
  say.outcome = { is: 'yet', againMs: 10_000 };
  await pass(0);
  expect(queue.now()).toMatchObject({ waiting: 3, retried: 0 });
  say.outcome = { is: 'never', why: 'gone' };
  await pass(20_000);
  expect(ran.slice(-3)).toEqual(ids.slice(2));
  expect(queue.now()).toMatchObject({ waiting: 0, failed: 3 });
  await queue.stop();
  store.close();
});

it('keeps what was stopped', async () => {
  const { store, queue, say, event, pass } = open();
  queue.add(event(), camera, atMs);
  say.outcome = { is: 'stopped' };
  queue.start();
  await pass(0);
  await queue.stop();
  expect(queue.now()).toMatchObject({ waiting: 1, done: 0, failed: 0 });
  store.close();
});
