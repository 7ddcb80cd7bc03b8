import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { volumeMarkName } from '#domain/volume.ts';
import { tempVolume } from '../../../../tests/support/volume.ts';
import type { CallInTurn } from './volume-calls.ts';
import { createFolders, createVolumeLooks, takeBack } from './volume-place.ts';

let root: string;
let remove: () => void;
beforeEach(() => ({ path: root, remove } = tempVolume()));
afterEach(() => remove());

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const atOnce: CallInTurn = (call) => call();

/** Lets `free` calls through and holds the others until `go`, which may make them fail. */
function gated(free: number) {
  const held: { go(error?: Error): void }[] = [];
  let made = 0;
  const call: CallInTurn = (work) => {
    made += 1;
    if (made <= free) return work();
    const { promise, resolve, reject } = Promise.withResolvers<null>();
    held.push({
      go(error) {
        if (error === undefined) resolve(null);
        else reject(error);
      },
    });
    return promise.then(work);
  };
  return { call, held, made: () => made };
}

const state = async (promise: Promise<unknown>): Promise<string> => {
  let is = 'waits';
  promise.then(
    () => (is = 'over'),
    () => (is = 'failed'),
  );
  await settle();
  return is;
};

describe('folders', () => {
  it('are there at once, and durable for all who put something into them when all that hold them are synced', async () => {
    const folders = createFolders();
    const hour = join(root, 'gate', '2026-11-22', '14');
    // Three that are missing are made in five tries.
    const { call, held } = gated(5);
    const main = await folders.ensure(root, hour, call);
    const sub = await folders.ensure(root, hour, atOnce);
    expect(existsSync(hour)).toBe(true);
    await settle();
    expect(held).toHaveLength(3);
    for (const { go } of held) {
      expect([await state(main.durable), await state(sub.durable)]).toEqual(['waits', 'waits']);
      go();
    }
    await Promise.all([main.durable, sub.durable]);
  });

  it('are synced also where another thread made them a moment ago', async () => {
    const hour = join(root, 'gate', '2026-11-22', '14');
    mkdirSync(hour, { recursive: true });
    const { call, held, made } = gated(1);
    const { durable } = await createFolders().ensure(root, hour, call);
    await settle();
    // Hour and day.
    expect(held).toHaveLength(2);
    for (const { go } of held) go();
    await durable;
    expect(made()).toBe(3);
  });

  it('are asked for again when their sync failed, or somebody removed them', async () => {
    const folders = createFolders();
    const hour = join(root, 'gate', '2026-11-22', '14');
    const { call, held } = gated(5);
    const { durable } = await folders.ensure(root, hour, call);
    await settle();
    for (const [i, { go }] of held.entries()) go(i === 0 ? new Error('EIO') : undefined);
    await expect(durable).rejects.toThrow('EIO');
    await (await folders.ensure(root, hour, atOnce)).durable;

    const again = gated(Number.POSITIVE_INFINITY);
    await folders.ensure(root, hour, again.call);
    expect(again.made()).toBe(0);
    rmSync(hour, { recursive: true });
    folders.forget(hour);
    await folders.ensure(root, hour, again.call);
    expect(existsSync(hour)).toBe(true);
  });

  it('are not made where the volume itself is not', async () => {
    const gone = join(root, 'gone');
    await expect(createFolders().ensure(gone, join(gone, 'gate', '2026-11-22', '14'), atOnce)).rejects.toMatchObject({
      code: 'ENOENT',
    });
    expect(existsSync(gone)).toBe(false);
  });
});

describe('looks at a volume', () => {
  it('hold for a moment before a file is made, and never after', async () => {
    let nowMs = 0;
    const looks = createVolumeLooks(() => nowMs);
    const { call, made } = gated(Number.POSITIVE_INFINITY);
    const look = async (): Promise<number> => {
      const before = made();
      await looks.expect(root, 'test', call);
      return made() - before;
    };
    expect(await look()).toBeGreaterThan(0);
    nowMs = 1_999;
    expect(await look()).toBe(0);
    nowMs = 2_000;
    expect(await look()).toBeGreaterThan(0);
    // Of another volume nothing is known.
    await expect(looks.expect(root, 'mine', call)).rejects.toMatchObject({ code: 'ENODEV' });
    rmSync(join(root, volumeMarkName));
    expect(await look()).toBe(0);
    await expect(looks.expectWithin(root, 'test', root, call)).rejects.toMatchObject({ code: 'ENOENT' });
    // What was found out holds for all.
    await expect(look()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('see that a file is not to be seen from here', async () => {
    const looks = createVolumeLooks();
    await expect(looks.expectWithin(root, 'test', join(root, 'hidden'), atOnce)).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});

it('takes back what was made, and no folder that holds something', async () => {
  const hour = join(root, 'gate', '2026-11-22', '14');
  mkdirSync(join(hour, 'file'), { recursive: true });
  await takeBack(root, join(hour, 'none'), atOnce);
  expect(existsSync(hour)).toBe(true);
  rmSync(join(hour, 'file'), { recursive: true });
  writeFileSync(join(hour, 'a.mp4'), '');
  writeFileSync(join(dirname(dirname(hour)), 'camera.json'), '{}');
  await takeBack(root, join(hour, 'a.mp4'), atOnce);
  expect(existsSync(dirname(hour))).toBe(false);
  expect(existsSync(dirname(dirname(hour)))).toBe(true);
});
