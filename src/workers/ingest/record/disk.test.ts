import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { volumeMarkName } from '#domain/volume.ts';
import { markVolume, tempVolume } from '../../../../tests/support/volume.ts';
import { directBlock, findDirectMemory, mostBytes } from './direct-memory.ts';
import { createRecordDisk } from './disk.ts';
import type { CallInTurn, VolumeCalls } from './volume-calls.ts';

/** Calls as a busy thread sees them: what ends meanwhile is heard of when it comes round the next time. */
function inTurns() {
  let turn = Promise.withResolvers<null>();
  let underWay: Promise<unknown>[] = [];
  const call: CallInTurn = async (work) => {
    const working = work();
    underWay.push(working);
    const heard = turn.promise;
    await Promise.allSettled([working]);
    await heard;
    return working;
  };
  const calls: VolumeCalls = { to: () => call, waiting: () => false };
  return {
    calls,
    /** How often the thread came round until it was over. */
    async turnsOf(work: Promise<unknown>): Promise<number> {
      let over = false;
      const ended = work.finally(() => (over = true));
      for (let turns = 0; ; turns += 1) {
        // Whatever follows from the last turn begins.
        await new Promise((resolve) => setImmediate(resolve));
        if (over) {
          await ended;
          return turns;
        }
        await Promise.allSettled(underWay);
        underWay = [];
        turn.resolve(null);
        turn = Promise.withResolvers<null>();
      }
    },
  };
}

describe('the disk of a recorder', () => {
  let root: string;
  let remove: () => void;
  beforeEach(() => ({ path: root, remove } = tempVolume()));
  afterEach(() => remove());

  const filled = (bytes: number, from: number): Uint8Array => Uint8Array.from({ length: bytes }, (_, i) => from + i);

  for (const large of [false, true])
    it(`keeps what it is given, ${large ? 'past the page cache where that is possible' : 'as any file'}`, async () => {
      const disk = createRecordDisk();
      const head = filled(directBlock, 1);
      const file = await disk.create(root, 'gate/a.mp4', head, large);
      if (!large) expect(file.block).toBe(1);
      // Pieces that end nowhere near a block, and more of them than one call takes.
      const pieces = [filled(3, 9), ...Array.from({ length: 8000 }, (_, i) => filled(1234, i)), filled(1, 7)];
      const bytes = pieces.reduce((sum, p) => sum + p.length, 0);
      const room = (file.block - (bytes % file.block)) % file.block;
      pieces.push(new Uint8Array(room));
      await file.append(pieces, bytes + room, head.length);
      await file.append([filled(directBlock, 77)], directBlock, head.length + bytes + room);
      expect(
        Buffer.compare(
          await readFile(join(root, 'gate/a.mp4')),
          Buffer.concat([head, ...pieces, filled(directBlock, 77)]),
        ),
      ).toBe(0);
      await file.truncate(head.length);
      await file.close();
      expect(Buffer.compare(await readFile(join(root, 'gate/a.mp4')), head)).toBe(0);
    });

  it('leaves nothing in the place of a volume that goes while a file is made', async () => {
    const at = join(root, 'mounted');
    const [here, hole] = [join(root, 'volume'), join(root, 'hole')];
    mkdirSync(here);
    mkdirSync(hole);
    markVolume(here);
    const swap = (to: string): void => {
      symlinkSync(to, join(root, 'next'));
      renameSync(join(root, 'next'), at);
    };
    let refused = 0;
    for (let turns = 0; turns < 40; turns += 1) {
      swap(here);
      const name = `gate/${turns}.mp4`;
      const made = createRecordDisk().create(at, name, filled(directBlock, turns), turns % 2 === 0);
      const outcome = made.then(
        async (file) => {
          await file.close();
          return 'made';
        },
        () => 'refused',
      );
      for (let n = 0; n < turns / 2; n += 1) await new Promise((resolve) => setImmediate(resolve));
      swap(hole);
      if ((await outcome) === 'made') expect(readdirSync(join(here, 'gate'))).toContain(`${turns}.mp4`);
      else refused += 1;
      expect(readdirSync(hole, { recursive: true })).toEqual([]);
      rmSync(join(here, 'gate'), { recursive: true, force: true });
    }
    expect(refused).toBeGreaterThan(0);
  });

  it('takes many writes at once without mixing them up', async () => {
    const disk = createRecordDisk();
    const head = filled(directBlock, 0);
    const names = Array.from({ length: 24 }, (_, i) => `gate/${i}.mp4`);
    await Promise.all(
      names.map(async (name, i) => {
        const file = await disk.create(root, name, head, true);
        for (let n = 0; n < 3; n += 1) await file.append([filled(8192, i + n)], 8192, head.length + n * 8192);
        await file.close();
      }),
    );
    for (const [i, name] of names.entries())
      expect(
        Buffer.compare(
          await readFile(join(root, name)),
          Buffer.concat([head, filled(8192, i), filled(8192, i + 1), filled(8192, i + 2)]),
        ),
      ).toBe(0);
  });

  it('writes nothing where a volume is missing, or another is in its place', async () => {
    const disk = createRecordDisk();
    const place = { volume: 1, mark: 'mine' };
    await expect(disk.create(root, 'gate/a.mp4', filled(10, 1), false, place)).rejects.toMatchObject({
      code: 'ENODEV',
    });
    await rm(join(root, volumeMarkName));
    await expect(disk.create(root, 'gate/a.mp4', filled(10, 1), false, place)).rejects.toMatchObject({
      code: 'ENOENT',
    });
    expect(await readdir(root)).toEqual([]);
    markVolume(root);
    await (await disk.create(root, 'gate/a.mp4', filled(10, 1), false, { volume: 1, mark: 'test' })).close();
    expect(await readdir(root)).toContain('gate');
  });

  it('makes a file in few turns of the thread, which on a busy station take longer than the disk', async () => {
    const { calls, turnsOf } = inTurns();
    const disk = createRecordDisk({ calls });
    const place = { volume: 1, mark: 'test' };
    const make = (name: string, kind: 'main' | 'sub') =>
      turnsOf(disk.create(root, `${name}.mp4`, filled(directBlock, 1), kind === 'main', place));
    // The volume's mark and what it takes are looked at, the camera's folder is made.
    expect(await make('gate/2026-11-22/14/main_a', 'main')).toBeLessThanOrEqual(12);
    // The file, then mark and file again while all else is done.
    expect(await make('gate/2026-11-22/14/sub_a', 'sub')).toBe(4);
    expect(await make('gate/2026-11-22/14/main_b', 'main')).toBe(4);
    // One folder before it; two, of which the inner one was tried first.
    expect(await make('gate/2026-11-22/15/main_c', 'main')).toBe(5);
    expect(await make('gate/2026-11-23/00/main_d', 'main')).toBe(7);
  });

  it('says when a file is in the way, and leaves it alone', async () => {
    const disk = createRecordDisk();
    const head = filled(directBlock, 3);
    await (await disk.create(root, 'gate/a.mp4', head, true)).close();
    await expect(disk.create(root, 'gate/a.mp4', filled(directBlock, 4), true)).rejects.toMatchObject({
      code: 'EEXIST',
    });
    expect(Buffer.compare(await readFile(join(root, 'gate/a.mp4')), head)).toBe(0);
    expect(await readdir(join(root, 'gate'))).toEqual(['a.mp4']);
  });

  it('writes nothing into the empty folder of a volume that was taken away while it was used', async () => {
    const disk = createRecordDisk();
    const head = filled(directBlock, 3);
    await (await disk.create(root, 'gate/a.mp4', head, true)).close();
    await rm(join(root, 'volume.json'));
    await expect(disk.create(root, 'gate/b.mp4', head, true)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(join(root, 'gate'))).toEqual(['a.mp4']);
  });
});

describe('memory for direct writes', () => {
  /** An allocation begins somewhere; the system takes what lies on a boundary. */
  const systemThatTakes =
    (boundary: number, begins: number) =>
    (block: Buffer): Promise<boolean> =>
      Promise.resolve((block.byteOffset + begins) % boundary === 0);

  it('is found wherever the memory begins', async () => {
    for (const [boundary, begins] of [
      [512, 16],
      [4096, 16],
      [4096, 4080],
      [4096, 1248],
      [4, 0],
    ] as const) {
      const memory = await findDirectMemory(new Uint8Array(directBlock), systemThatTakes(boundary, begins));
      const [buffer] = (await memory?.take(1)) ?? [];
      expect(((buffer?.byteOffset ?? 1) + begins) % boundary).toBe(0);
    }
  });

  it('is none where the system takes no block at all, and an error of another kind is told', async () => {
    let tries = 0;
    const refuse = (): Promise<boolean> => {
      tries += 1;
      return Promise.resolve(false);
    };
    expect(await findDirectMemory(new Uint8Array(directBlock), refuse)).toBeNull();
    expect(tries).toBe(256);
    await expect(
      findDirectMemory(new Uint8Array(directBlock), () => Promise.reject(new Error('ENOSPC'))),
    ).rejects.toThrow('ENOSPC');
  });

  it('has room for what all streams of a worker write at one look, and lends nothing twice', async () => {
    const memory = await findDirectMemory(new Uint8Array(directBlock), () => Promise.resolve(true));
    if (memory === null) throw new Error('none found');
    // Whoever waited for another's write would wait for as long as the thread sleeps.
    const lent: Buffer[][] = [];
    for (let i = 0; i < 64; i += 1) void memory.take(400_000).then((buffers) => lent.push(buffers));
    await Promise.resolve();
    expect(lent).toHaveLength(64);
    expect(memory.waiting()).toBe(false);
    const all = lent.flat();
    expect(all.every((b) => b.length % directBlock === 0)).toBe(true);
    expect(new Set(all.map((b) => b.byteOffset)).size).toBe(all.length);
    for (const buffers of lent) expect(buffers.reduce((sum, b) => sum + b.length, 0)).toBeGreaterThanOrEqual(400_000);
    // Beyond that it waits, in order, and says so: the thread sleeps shortly then.
    const later: string[] = [];
    const first = memory.take(mostBytes).then(() => later.push('large'));
    const second = memory.take(1).then(() => later.push('small'));
    memory.give(lent[0] ?? []);
    await Promise.resolve();
    expect(later).toEqual([]);
    expect(memory.waiting()).toBe(true);
    for (const buffers of lent.slice(1)) memory.give(buffers);
    await Promise.all([first, second]);
    expect(later).toEqual(['large', 'small']);
    expect(memory.waiting()).toBe(false);
  });
});
