import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { tempFolder } from '../../../../tests/support/temp.ts';
import { createWalSync, type WalSync } from './wal-sync.ts';

describe('the log of a database on a slow disk', () => {
  let folder: ReturnType<typeof tempFolder>;
  let path: string;
  /** Syncs that the disk has not answered yet. */
  let disk: ((error: Error | null) => void)[];
  let syncs: number;
  let exclusive: number;
  let log: WalSync;
  beforeEach(() => {
    vi.useFakeTimers();
    folder = tempFolder();
    path = join(folder.path, 'index.db-wal');
    writeFileSync(path, 'what was committed');
    disk = [];
    syncs = exclusive = 0;
    log = createWalSync({
      ...{ path, clock: systemClock, log: quietLog },
      exclusive(work) {
        exclusive += 1;
        work();
      },
      sync(_, done) {
        syncs += 1;
        disk.push(done);
      },
    });
  });
  afterEach(() => {
    log.close();
    for (const done of disk) done(null);
    folder.remove();
    vi.useRealTimers();
  });
  const answer = (error: Error | null = null): void => disk.shift()?.(error);
  const settled = async (promise: Promise<void>): Promise<string> => {
    let is = 'waits';
    promise.then(
      () => (is = 'durable'),
      (error: unknown) => (is = String(error)),
    );
    await vi.advanceTimersByTimeAsync(0);
    return is;
  };

  it('is synced once for what is committed within some tenths of a second, and never twice at a time', () => {
    for (let n = 0; n < 5; n += 1) log.wrote();
    expect(syncs).toBe(0);
    vi.advanceTimersByTime(200);
    expect(syncs).toBe(1);
    log.wrote();
    vi.advanceTimersByTime(10_000);
    expect(syncs).toBe(1);
    answer();
    vi.advanceTimersByTime(200);
    expect(syncs).toBe(2);
    answer();
    vi.advanceTimersByTime(10_000);
    expect(syncs).toBe(2);
  });

  it('is durable for who waits when a sync is over that began after what it wrote, and begins at once', async () => {
    expect(await settled(log.durable())).toBe('durable');
    expect(syncs).toBe(0);
    log.wrote();
    const first = log.durable();
    expect(syncs).toBe(1);
    log.wrote();
    const second = log.durable();
    answer();
    expect(await settled(first)).toBe('durable');
    expect(await settled(second)).toBe('waits');
    expect(syncs).toBe(2);
    answer();
    expect(await settled(second)).toBe('durable');
  });

  it('is written once more where the disk refused, since the system would not, and synced again', async () => {
    log.wrote();
    const waits = log.durable();
    writeFileSync(path, 'what was committed, and more');
    answer(new Error('EIO'));
    expect(await settled(waits)).toMatch('fails to read or write');
    expect(exclusive).toBe(1);
    expect(readFileSync(path, 'utf8')).toBe('what was committed, and more');
    const again = log.durable();
    expect(syncs).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(syncs).toBe(2);
    answer();
    expect(await settled(again)).toBe('durable');
  });

  it('is let go at the end, also while the disk hangs', async () => {
    log.wrote();
    const waits = log.durable();
    log.close();
    expect(await settled(waits)).toMatch('closed');
    answer();
    expect(vi.getTimerCount()).toBe(0);
  });
});
