import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { idleDiskMs, lastWrites, lookMs, mostEndMs } from './last-writes.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** An end that is waited for. `write`: the disk takes one more. */
function begin() {
  const all = Promise.withResolvers<null>();
  let done = 7;
  let looks = 0;
  let over = false;
  void lastWrites({
    clock: { monoMs: () => performance.now() },
    over: all.promise,
    done: () => done,
    goesOn: () => (looks += 1),
  }).then(() => (over = true));
  return { write: () => (done += 1), finish: () => all.resolve(null), over: () => over, looks: () => looks };
}

it('waits for a slow disk for as long as it takes something, and says that it goes on', async () => {
  const end = begin();
  for (let ms = 0; ms < 5 * idleDiskMs; ms += 1_500) {
    end.write();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(end.over()).toBe(false);
  }
  expect(end.looks()).toBe((5 * idleDiskMs) / lookMs);
  end.finish();
  await vi.advanceTimersByTimeAsync(0);
  expect(end.over()).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

it('does not wait for a disk that takes nothing', async () => {
  const end = begin();
  await vi.advanceTimersByTimeAsync(idleDiskMs - 1);
  expect(end.over()).toBe(false);
  await vi.advanceTimersByTimeAsync(lookMs);
  expect(end.over()).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

it('ends in the end', async () => {
  const end = begin();
  for (let ms = 0; ms < mostEndMs - 1_000; ms += 1_000) {
    end.write();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(end.over()).toBe(false);
  end.write();
  await vi.advanceTimersByTimeAsync(1_000 + lookMs);
  expect(end.over()).toBe(true);
});
