/** A volume that hangs while small pictures are made: a named pipe takes the place of its file, so that who opens it waits in the system for ever. */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { startThread } from '#workers/lib/thread.ts';
import { createThumbsClient, type ThumbsClient } from '#workers/thumbs/client.ts';
import type { SmallPictures, ThumbsCommand, ThumbsReport, ThumbsSetup } from '#workers/thumbs/port.ts';
import { bothWays, keyId, t0, volumeKey } from '../support/encrypted-segment.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';

const worker = fileURLToPath(new URL('../../src/workers/thumbs/worker.ts', import.meta.url));
/** Threads of the lowest priority may have to wait for their turn on a busy machine. */
const patienceSeconds = 6;
/** These pictures are none, and no ffmpeg is there: what is told of them is that. */
const setup: ThumbsSetup = { ffmpeg: '/nowhere/ffmpeg' };

let folder: ReturnType<typeof tempFolder>;
let client: ThumbsClient;
let pipe: string;
const release = (): void => {
  closeSync(openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK));
};

beforeEach(() => {
  folder = tempFolder();
  pipe = join(folder.path, 'stuck');
  if (process.platform !== 'win32') execFileSync('mkfifo', [pipe]);
  client = createThumbsClient({
    clock: systemClock,
    log: quietLog,
    patienceSeconds,
    start: () => startThread<ThumbsCommand, ThumbsReport>(worker, 'thumbs', setup),
  });
});
afterEach(async () => {
  if (process.platform !== 'win32') release();
  await client.stop();
  folder.remove();
});

const make = (volume: number, path: string, moments = [t0]): Promise<SmallPictures> =>
  client.make({ volume, path, startMs: t0, moments, keys: [{ id: keyId, key: volumeKey }] });
/** A thread takes its time to start on a busy machine: here that is not to be taken for silence. */
const warm = (volume: number): Promise<unknown> =>
  until(
    `the thread of volume ${String(volume)}`,
    () =>
      make(volume, join(folder.path, 'none')).then(
        () => true,
        () => false,
      ),
    30_000,
  );

it.runIf(process.platform !== 'win32')('holds up nothing but itself, and is known again when it answers', async () => {
  await warm(1);
  await warm(2);
  const silent = { code: 'UNAVAILABLE', data: { reason: 'volume-silent' } };
  const hanging = expect(make(2, pipe)).rejects.toMatchObject(silent);
  expect(await make(1, join(folder.path, 'none'))).toEqual({ pictures: [], trouble: null });
  await hanging;
  expect(client.hanging()).toEqual([2]);
  await expect(make(2, join(folder.path, 'none'))).rejects.toMatchObject(silent);
  expect(await make(1, join(folder.path, 'none'))).toEqual({ pictures: [], trouble: null });
  await until('its thread is another', () => {
    release();
    return client.hanging().length === 0;
  });
  expect(await make(2, join(folder.path, 'none'))).toEqual({ pictures: [], trouble: null });
});

it('opens what is encrypted with the keys that it is given, and says why there is no picture', async () => {
  const path = join(folder.path, 'segment');
  writeFileSync(path, bothWays(3).encrypted);
  await warm(1);
  const { pictures, trouble } = await make(1, path, [t0, t0 + 1000, t0 + 2000]);
  expect(pictures).toEqual([]);
  expect(trouble).toMatch(/ffmpeg/);
  expect(await client.make({ volume: 1, path, startMs: t0, moments: [t0], keys: [] })).toEqual({
    pictures: [],
    trouble: null,
  });
});
