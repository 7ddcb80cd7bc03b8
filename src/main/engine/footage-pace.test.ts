import { expect, it } from 'vitest';
import { createFootagePace } from './footage-pace.ts';

it('tells how many times faster than real time it goes, lately and without pauses', () => {
  let nowMs = 5_000;
  const pace = createFootagePace({ monoMs: () => nowMs });
  const go = (ms: number): void => void (nowMs += ms);
  expect(pace.speed()).toBeNull();
  for (let n = 0; n < 10; n += 1) {
    go(1_000);
    pace.passed(60_000);
  }
  expect(pace.speed()).toBe(60);
  expect(pace.takeSpent()).toBe(10_000);
  pace.paused(true);
  go(600_000);
  expect([pace.speed(), pace.takeSpent()]).toEqual([60, 0]);
  pace.paused(false);
  for (let n = 0; n < 30; n += 1) {
    go(1_000);
    pace.passed(5_000);
  }
  expect(pace.speed()).toBe(5);
  expect(pace.takeSpent()).toBe(30_000);
});
