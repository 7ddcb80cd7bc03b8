/** A volume that hangs under the checks: named pipes take the place of its files, so that who opens one waits in the system for ever. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { segmentPath } from '#domain/segment.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { createIntegrityClient, type IntegrityClient } from '#workers/integrity/client.ts';
import type { IntegrityCommand, IntegrityReport } from '#workers/integrity/port.ts';
import { startThread } from '#workers/lib/thread.ts';
import { openWriteStore, soundness } from '../../src/main/adapters/sqlite/index.ts';
import { cameraRow } from '../support/camera-row.ts';
import { writeSegment } from '../support/recorded.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';

const worker = fileURLToPath(new URL('../../src/workers/integrity/worker.ts', import.meta.url));
const newId = createUlids(() => systemClock.nowMs());
const t0 = Date.UTC(2026, 10, 22, 14);
const quick = 1_000_000_000;
/** Threads of the lowest priority may have to wait for their turn on a busy machine. */
const patienceSeconds = 6;

let folder: ReturnType<typeof tempFolder>;
let store: ReturnType<typeof openWriteStore>;
let client: IntegrityClient;
let started: number;
const pipes: string[] = [];

/** Whoever waits for a pipe now gets it, and its end. */
const release = (): void => {
  for (const pipe of pipes) closeSync(openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK));
};
const pipe = (path: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  execFileSync('mkfifo', [path]);
  pipes.push(path);
};

/** A thread takes its time to start on a busy machine: here that is not to be taken for silence. */
const warm = (volume: number): Promise<unknown> => {
  const path = join(folder.path, 'small');
  writeFileSync(path, 'some bytes');
  return until(
    `the thread of volume ${String(volume)}`,
    () =>
      client.hash({ volume, path, bytesPerSecond: quick }).then(
        () => true,
        () => false,
      ),
    30_000,
  );
};

beforeEach(() => {
  folder = tempFolder();
  const database = join(folder.path, 'vigie.db');
  store = openWriteStore(database, {
    clock: systemClock,
    log: quietLog,
    newStation: () => ({ id: newId(), name: 'Test' }),
  });
  store.camera.add(cameraRow());
  started = 0;
  client = createIntegrityClient({
    clock: systemClock,
    log: quietLog,
    patienceSeconds,
    start: () => {
      started += 1;
      return startThread<IntegrityCommand, IntegrityReport>(worker, 'integrity', { database });
    },
  });
});
afterEach(async () => {
  release();
  await client.stop();
  pipes.length = 0;
  store.close();
  folder.remove();
});

it.runIf(process.platform !== 'win32')(
  'holds up nothing but itself: other volumes, chains and backups go on, and it is known again when it answers',
  async () => {
    const [own, nas] = [join(folder.path, 'video'), join(folder.path, 'nas', 'video')];
    const { startMs } = writeSegment(own, t0, { seconds: 1 });
    const whole = join(own, segmentPath('gate', 'main', startMs));
    const stuck = join(nas, segmentPath('gate', 'main', startMs));
    pipe(stuck);
    const silent = { code: 'UNAVAILABLE', data: { reason: 'volume-silent' } };
    const [stream] = store.streams();
    if (stream === undefined) throw new Error('one stream');

    await warm(1);
    await warm(2);
    const before = started;
    const hanging = client.hash({ volume: 2, path: stuck, bytesPerSecond: quick });
    const behind = client.presence({ volume: 2, root: nas, untilMs: t0 + 1e9 });
    const told = Promise.all([
      expect(hanging).rejects.toMatchObject(silent),
      expect(behind).rejects.toMatchObject(silent),
    ]);
    // While it hangs …
    expect((await client.hash({ volume: 1, path: whole, bytesPerSecond: quick }))?.bytes).toBeGreaterThan(0);
    expect((await client.chain({ streamId: stream.id })).findings).toEqual([]);
    expect((await client.lists({ volume: 1, root: own, streamId: stream.id })).findings).toEqual([]);
    const to = join(folder.path, 'copy.db');
    await client.backUp({ to });
    expect(await soundness(to)).toMatchObject({ sound: true });
    // … and when it has been given up.
    await told;
    expect(client.hanging()).toEqual([2]);
    await expect(client.hash({ volume: 2, path: whole, bytesPerSecond: quick })).rejects.toMatchObject(silent);
    expect((await client.presence({ volume: 1, root: own, untilMs: t0 + 1e9 })).files).toBe(1);
    expect(started).toBe(before + 1); // that of the index

    await until('its thread is another', () => {
      release();
      return client.hanging().length === 0;
    });
    expect((await client.hash({ volume: 2, path: whole, bytesPerSecond: quick }))?.bytes).toBeGreaterThan(0);
  },
);

it.runIf(process.platform !== 'win32')(
  'tells at its end of a volume that has not come back, however short it has hung',
  async () => {
    const stuck = join(folder.path, 'stuck');
    pipe(stuck);
    await warm(2);
    const asked = expect(client.hash({ volume: 2, path: stuck, bytesPerSecond: quick })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    await warm(1);
    await client.stop();
    await asked;
    expect(client.hanging()).toEqual([2]);
  },
);

it.runIf(process.platform !== 'win32')('does not take a limited rate for a volume that hangs', async () => {
  const path = join(folder.path, 'large');
  writeFileSync(path, Buffer.alloc(5 << 20));
  await warm(1);
  const startedMs = systemClock.monoMs();
  expect(await client.hash({ volume: 1, path, bytesPerSecond: 600_000 })).toMatchObject({ bytes: 5 << 20 });
  expect(systemClock.monoMs() - startedMs).toBeGreaterThan(patienceSeconds * 1000);
  expect(client.hanging()).toEqual([]);
});
