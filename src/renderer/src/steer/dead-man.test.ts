import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDeadMan } from './dead-man.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function rig(answer: () => Promise<unknown> = () => Promise.resolve()) {
  const said: string[] = [];
  const deadMan = createDeadMan<number>({
    go(v) {
      said.push(String(v));
      return answer();
    },
    stop() {
      said.push('stop');
      return Promise.resolve();
    },
    same: (a, b) => a === b,
  });
  return { said, deadMan };
}

test('says again while it is held, and stops once when it is let go', async () => {
  const { said, deadMan } = rig();
  deadMan.hold(1);
  await vi.advanceTimersByTimeAsync(950);
  expect(said).toEqual(['1', '1', '1', '1']);
  deadMan.hold(null);
  deadMan.hold(null);
  await vi.advanceTimersByTimeAsync(2000);
  expect(said).toEqual(['1', '1', '1', '1', 'stop']);
});

test('a trembling hand sends the last of what it wants, not all', async () => {
  const { said, deadMan } = rig();
  for (let v = 1; v <= 50; v++) deadMan.hold(v);
  await vi.advanceTimersByTimeAsync(100);
  expect(said).toEqual(['1', '50']);
  deadMan.end();
  deadMan.hold(7);
  await vi.advanceTimersByTimeAsync(1000);
  expect(said).toEqual(['1', '50', 'stop']);
});

test('a station that does not answer is not flooded, and is told to stop all the same', async () => {
  const { said, deadMan } = rig(() => new Promise(() => undefined));
  deadMan.hold(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(said).toEqual(['1', '1']);
  deadMan.hold(null);
  expect(said.at(-1)).toBe('stop');
});
