import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('never more than the limit at once, in order; who leaves the queue is never started', async () => {
  const turns = createTurns(2);
  const stay = new AbortController().signal;
  const leaving = new AbortController();
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const work = (n: number) => () =>
    new Promise<number>((resolve) => {
      started.push(n);
      ends.push(() => resolve(n));
    });
  const all = [1, 2, 3, 4, 5].map((n) => turns(work(n), n === 3 ? leaving.signal : stay));
  const third = expect(all[2]).rejects.toThrow();
  await Promise.resolve();
  expect(started).toEqual([1, 2]);
  leaving.abort();
  await third;
  ends[0]!();
  expect(await all[0]).toBe(1);
  await Promise.resolve();
  expect(started).toEqual([1, 2, 4]);
  ends[1]!();
  ends[2]!();
  expect(await all[3]).toBe(4);
  await Promise.resolve();
  expect(started).toEqual([1, 2, 4, 5]);
  ends[3]!();
  expect(await all[4]).toBe(5);
});

test('a failure gives its place to the next', async () => {
  const turns = createTurns(1);
  const { signal } = new AbortController();
  const failing = turns(() => Promise.reject(new Error('no')), signal);
  const next = turns(() => Promise.resolve('yes'), signal);
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
