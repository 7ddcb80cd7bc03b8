import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { openArchiveCache } from './archive-cache.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-cache-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});
const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
const object = (bytes: number) => {
  const data = randomBytes(bytes);
  const file = { sha256: sha256(data), bytes };
  const asked = { times: 0 };
  const get = (to: string) => {
    asked.times += 1;
    writeFileSync(to, data, { flag: 'wx' });
    return Promise.resolve(file);
  };
  return { data, file, asked, get };
};

describe('the cache of archives', () => {
  it('gets an object once, also for many at once and after a restart, and gives up what was used longest ago', async () => {
    const home = join(dir, 'cache');
    const cache = await openArchiveCache(home, 2500, systemClock);
    const [a, b, c] = [object(1000), object(1000), object(1000)];
    const paths = await Promise.all([1, 2, 3].map(() => cache.hold('a', a.file, a.get)));
    expect(new Set(paths).size).toBe(1);
    expect(readFileSync(paths[0] ?? '').equals(a.data)).toBe(true);
    await cache.hold('b', b.file, b.get);
    await cache.hold('a', a.file, a.get);
    await cache.hold('c', c.file, c.get); // b goes
    expect(cache.bytes()).toBe(2000);
    expect([a, b, c].map((o) => o.asked.times)).toEqual([1, 1, 1]);
    await cache.hold('b', b.file, b.get); // a goes: it was used before c
    expect(b.asked.times).toBe(2);
    writeFileSync(join(home, 'half.part'), 'x');
    const again = await openArchiveCache(home, 2500, systemClock);
    expect(again.bytes()).toBe(2000);
    expect(readdirSync(home)).toHaveLength(2);
    await again.hold('b', b.file, b.get);
    expect(b.asked.times).toBe(2);
    await again.forget('b', b.file);
    expect(again.bytes()).toBe(1000);
  });

  /** An object that is got by parts; `asked`: which. */
  const remote = (bytes: number) => {
    const data = randomBytes(bytes);
    const asked: [number, number][] = [];
    return {
      data,
      asked,
      file: { sha256: sha256(data), bytes },
      get: (offset: number, length: number) => {
        asked.push([offset, length]);
        return Promise.resolve<Uint8Array | null>(data.subarray(offset, offset + length));
      },
    };
  };
  const partsOf = async (
    cache: Awaited<ReturnType<typeof openArchiveCache>>,
    name: string,
    { file, get }: Pick<ReturnType<typeof remote>, 'file' | 'get'>,
  ) => {
    const parts = await cache.parts(name, file, get);
    if (parts === 'whole') throw new Error('no parts');
    return parts;
  };

  it('gets what is read and nothing twice, whoever reads it, and counts what is here', async () => {
    const cache = await openArchiveCache(join(dir, 'cache'), 10 ** 9, systemClock);
    const a = remote(5 * 2 ** 20 + 100);
    const [one, two] = await Promise.all([partsOf(cache, 'a', a), partsOf(cache, 'a', a)]);
    const spans = [
      [0, 10],
      [4000, 200],
      [1_000_000, 300_000],
      [1_100_000, 500],
      [5 * 2 ** 20, 500],
    ] as const;
    const got = await Promise.all([one, two].flatMap((r) => spans.map(([at, length]) => r.read(at, length))));
    for (const [i, [at, length]] of [...spans, ...spans].entries())
      expect(Buffer.from(got[i] ?? []).equals(a.data.subarray(at, at + length))).toBe(true);
    const fetched = a.asked.reduce((sum, [, length]) => sum + length, 0);
    expect(fetched).toBe(cache.bytes());
    expect(fetched).toBeLessThan(320_000);
    expect(Math.max(...a.asked.map(([, length]) => length))).toBeLessThanOrEqual(2 ** 20);
    await one.close();
    expect((await two.read(4100, 50)).length).toBe(50);
    await two.close();
    const later = await partsOf(cache, 'a', a);
    await later.read(1_000_000, 300_000);
    expect(a.asked.reduce((sum, [, length]) => sum + length, 0)).toBe(fetched);
    // All of it: verified, and from then on a whole one.
    expect(Buffer.from(await later.read(0, a.data.length)).equals(a.data)).toBe(true);
    expect(cache.bytes()).toBe(a.data.length);
    expect(await cache.parts('a', a.file, a.get)).toBe('whole');
    expect((await later.read(7, 7)).length).toBe(7);
    await later.close();
    const path = await cache.hold('a', a.file, () => Promise.reject(new Error('it is here')));
    expect(readFileSync(path ?? '').equals(a.data)).toBe(true);
  });

  it('gives up parts that were used longest ago, not those that are being read, and keeps none over a restart', async () => {
    const home = join(dir, 'cache');
    const cache = await openArchiveCache(home, 100_000, systemClock);
    const [a, b, c] = [remote(200_000), remote(200_000), remote(200_000)];
    const [of, other, third] = [
      await partsOf(cache, 'a', a),
      await partsOf(cache, 'b', b),
      await partsOf(cache, 'c', c),
    ];
    await of.read(0, 60_000);
    await other.read(0, 60_000);
    await of.read(60_000, 10);
    await other.close();
    await third.read(0, 20_000);
    expect(cache.bytes()).toBeLessThanOrEqual(100_000);
    const was = b.asked.length;
    const again = await partsOf(cache, 'b', b);
    await again.read(0, 10);
    expect(b.asked.length).toBe(was + 1); // it had gone
    for (const r of [of, third, again]) await r.close();
    expect((await openArchiveCache(home, 100_000, systemClock)).bytes()).toBe(0);
    expect(readdirSync(home)).toEqual([]);
  });

  it('throws parts away that together are not what was archived, and shows only what is verified from then on', async () => {
    const cache = await openArchiveCache(dir, 10 ** 9, systemClock);
    const [a, changed] = [remote(50_000), remote(50_000)];
    const parts = await partsOf(cache, 'a', { file: a.file, get: changed.get });
    expect((await parts.read(0, 10)).length).toBe(10);
    await expect(parts.read(0, 50_000)).rejects.toThrow('not what was archived');
    await parts.close();
    expect(cache.bytes()).toBe(0);
    expect(readdirSync(dir)).toEqual([]);
    expect(await cache.parts('a', a.file, a.get)).toBe('whole');
    const whole = (to: string) => {
      writeFileSync(to, a.data, { flag: 'wx' });
      return Promise.resolve(a.file);
    };
    expect(await cache.hold('a', a.file, whole)).not.toBeNull();
    // What cannot be had is asked for again the next time.
    const b = remote(10_000);
    const fails = await partsOf(cache, 'b', { file: b.file, get: () => Promise.reject(new Error('away')) });
    await expect(fails.read(0, 10)).rejects.toThrow('away');
    await fails.close();
    const gone = await partsOf(cache, 'b', { file: b.file, get: () => Promise.resolve(null) });
    await expect(gone.read(0, 10)).rejects.toThrow('not there any more');
    await gone.close();
    const works = await partsOf(cache, 'b', b);
    expect((await works.read(0, 10)).length).toBe(10);
    await works.close();
  });

  it('shows nothing that is not what was archived, and leaves nothing of what failed', async () => {
    const cache = await openArchiveCache(dir, 10_000, systemClock);
    const [a, b] = [object(100), object(100)];
    await expect(cache.hold('a', a.file, b.get)).rejects.toThrow('not what was archived');
    await expect(cache.hold('a', a.file, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await cache.hold('a', a.file, () => Promise.resolve(null))).toBeNull();
    expect(readdirSync(dir)).toEqual([]);
    const path = await cache.hold('a', a.file, a.get);
    expect(existsSync(path ?? '')).toBe(true);
  });
});
