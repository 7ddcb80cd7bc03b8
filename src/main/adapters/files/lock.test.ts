import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Writable } from 'node:stream';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { tempFolder } from '../../../../tests/support/temp.ts';
import { until } from '../../../../tests/support/until.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { DataFolderError } from './data-folder-error.ts';
import { lockName } from './lock.ts';

let path: string;
let remove: () => void;
const held: DataFolder[] = [];
const quick = { freshenMs: 50, watchMs: 600 };

beforeEach(() => {
  ({ path, remove } = tempFolder());
});
afterEach(async () => {
  for (const folder of held.splice(0)) await folder.release();
  remove();
});

async function take(onLost = (): void => undefined): Promise<DataFolder> {
  const folder = await openDataFolder(join(path, 'data'), systemClock, onLost, quick);
  held.push(folder);
  return folder;
}
const lockPath = (): string => join(path, 'data', lockName);
const plant = (lock: object | string): void => {
  mkdirSync(join(path, 'data'), { recursive: true });
  writeFileSync(lockPath(), typeof lock === 'string' ? lock : JSON.stringify(lock));
};
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;
const mine = (): Record<string, unknown> => JSON.parse(readFileSync(lockPath(), 'utf8')) as Record<string, unknown>;

it('refuses a second station with words that say who and what to do, and lets it in after release', async () => {
  const first = await take();
  await expect(take()).rejects.toThrow(
    /Another station already works on the data folder .* \(process \d+ on .*Stop it, or start this one with --data/,
  );
  await first.release();
  await take();
});

it('takes over after the holder was killed', async () => {
  const script = `
    const { openDataFolder } = await import(${JSON.stringify(new URL('./data-folder.ts', import.meta.url).href)});
    const { systemClock } = await import(${JSON.stringify(new URL('../../lib/clock.ts', import.meta.url).href)});
    await openDataFolder(process.argv[1], systemClock, () => {});
    console.log('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, join(path, 'data')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await expect(take()).rejects.toBeInstanceOf(DataFolderError);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  await take();
  expect(mine()['pid']).toBe(process.pid);
});

it('does not take another program for the holder that had its number (Linux)', async () => {
  if (process.platform !== 'linux') return;
  const first = await take();
  const lock = mine();
  await first.release();
  plant({ ...lock, nonce: 'other', began: '1' });
  await take();
});

it('judges a holder on another machine by whether it freshens the lock', async () => {
  const foreign = { nonce: 'x', pid: deadPid(), began: null, machine: 'elsewhere', host: 'elsewhere', sinceMs: 0 };
  plant(foreign);
  let seconds = 1000;
  const timer = setInterval(() => {
    utimesSync(lockPath(), (seconds += 1), seconds);
  }, 50);
  try {
    await expect(take()).rejects.toThrow('on elsewhere');
  } finally {
    clearInterval(timer);
  }
  await take();
});

it.skipIf(process.platform !== 'linux')('takes over from a dead process that nobody has buried', async () => {
  // The shell becomes a program that never asks after its child, which ends only after that.
  const careless = spawn('sh', ['-c', '(read x <&3) & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  try {
    const pid = Number(await new Promise<Buffer>((resolve) => careless.stdout?.once('data', resolve)));
    const state = (): string[] => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    await until('careless', () => readFileSync(`/proc/${careless.pid ?? 0}/comm`, 'utf8').trim() === 'sleep');
    (careless.stdio[3] as Writable).end('now\n');
    await until('dead', () => state()[0] === 'Z');
    await take();
    const lock = { ...mine(), pid, began: state()[19] };
    await held.pop()?.release();
    plant(lock);
    await take();
    expect(mine().pid).toBe(process.pid);
  } finally {
    careless.kill('SIGKILL');
    await once(careless, 'exit');
  }
});

it('takes over a lock that a crash cut off, and one from before this machine was started again', async () => {
  plant('{"nonce":');
  await (await take()).release();
  const boot = '01234567-0123-0123-0123-0123456789ab';
  plant({
    nonce: 'x',
    pid: process.pid,
    began: '5',
    machine: `${hostname()} ${boot} pid:[1]`,
    host: hostname(),
    sinceMs: 0,
  });
  const started = performance.now();
  await take();
  if (process.platform === 'linux') expect(performance.now() - started).toBeLessThan(500);
});

it('gives a stale lock to exactly one of many that come at once', async () => {
  plant({ nonce: 'x', pid: deadPid(), began: null, machine: 'elsewhere', host: 'elsewhere', sinceMs: 0 });
  const tries = await Promise.allSettled(Array.from({ length: 6 }, () => take()));
  expect(tries.filter((t) => t.status === 'fulfilled')).toHaveLength(1);
  expect(readdirSync(join(path, 'data'))).toEqual([lockName]);
});

it('tells the holder when it has lost the folder', async () => {
  let lost = 0;
  await take(() => {
    lost += 1;
  });
  plant({ ...mine(), nonce: 'other' });
  await expect.poll(() => lost).toBe(1);
});

it('says what is wrong with a folder that cannot be used', async () => {
  writeFileSync(join(path, 'data'), '');
  await expect(take()).rejects.toThrow(/cannot be used: a part of that path is a file/);
});
