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
