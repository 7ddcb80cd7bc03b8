import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTicker, seldomMs, tickMs } from './ticker.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const clock = { nowMs: () => Date.now(), nowUs: () => Date.now() * 1000, monoMs: () => performance.now() };

test('what is called seldom is called about every half second, and not all of it in one turn', () => {
  const ticker = createTicker(clock);
  const often: number[] = [];
  const seldom: number[][] = Array.from({ length: 10 }, () => []);
  ticker.add((now) => often.push(now));
  for (const times of seldom) ticker.addSeldom((now) => times.push(now));
  vi.advanceTimersByTime(10_000);
  expect(often).toHaveLength(10_000 / tickMs);
  for (const times of seldom) {
    expect(times.length).toBeGreaterThanOrEqual(10_000 / seldomMs - 1);
    expect(times.length).toBeLessThanOrEqual(10_000 / seldomMs);
    for (const [i, at] of times.slice(1).entries()) {
      expect(at - (times[i] ?? 0)).toBeGreaterThanOrEqual(seldomMs - tickMs);
      expect(at - (times[i] ?? 0)).toBeLessThanOrEqual(seldomMs + tickMs);
    }
  }
  for (const at of new Set(seldom.flat()))
    expect(seldom.filter((times) => times.includes(at)).length).toBeLessThanOrEqual(2);
  ticker.stop();
});

test('a thread that was held calls each once, not for every time that was missed', () => {
  let now = 0;
  const ticker = createTicker({ ...clock, monoMs: () => now });
  let calls = 0;
  const remove = ticker.addSeldom(() => calls++);
  now = 60_000;
  vi.advanceTimersByTime(tickMs);
  expect(calls).toBe(1);
  now += tickMs;
  vi.advanceTimersByTime(tickMs);
  expect(calls).toBe(1);
  now += seldomMs;
  vi.advanceTimersByTime(tickMs);
  expect(calls).toBe(2);
  remove();
  now += seldomMs;
  vi.advanceTimersByTime(tickMs);
  expect(calls).toBe(2);
  ticker.stop();
});
