import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLaunchTurns, launchEveryMs, mostHeldTurns } from './launch-turns.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('begins few at once, and many in turns, main streams before the sub streams that wait', () => {
  const begun: string[] = [];
  const turns = createLaunchTurns<string>(4, (one) => begun.push(one));
  for (let i = 0; i < 5; i += 1) {
    turns.add(`main ${i}`, 'main');
    turns.add(`sub ${i}`, 'sub');
  }
  expect(begun).toEqual(['main 0', 'sub 0', 'main 1', 'sub 1']);
  vi.advanceTimersByTime(launchEveryMs);
  expect(begun.slice(4)).toEqual(['main 2', 'main 3', 'main 4', 'sub 2']);
  vi.advanceTimersByTime(launchEveryMs);
  expect(begun.slice(8)).toEqual(['sub 3', 'sub 4']);
  vi.advanceTimersByTime(10 * launchEveryMs);
  expect(vi.getTimerCount()).toBe(0);
  turns.add('later', 'sub');
  expect(begun.at(-1)).toBe('later');
});

it('begins each that was added once, never more in a turn than it may, and none after the end', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), kind: fc.constantFrom('main' as const, 'sub' as const) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.nat(500) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), fc.integer({ min: 1, max: 8 }), (steps, atOnce) => {
      const begun: { one: number; atMs: number }[] = [];
      const turns = createLaunchTurns<number>(atOnce, (one) => begun.push({ one, atMs: Date.now() }));
      let added = 0;
      for (const s of steps) {
        if (s.do === 'add') turns.add(added++, s.kind);
        else vi.advanceTimersByTime(s.ms);
      }
      vi.advanceTimersByTime((added + 2) * launchEveryMs);
      expect(begun.map((b) => b.one).toSorted((a, b) => a - b)).toEqual(Array.from({ length: added }, (_, i) => i));
      // What was left over of one turn and all of the next may fall together.
      for (const { atMs } of begun)
        expect(begun.filter((b) => b.atMs > atMs - launchEveryMs && b.atMs <= atMs).length).toBeLessThanOrEqual(
          2 * atOnce,
        );
      turns.add(-1, 'main');
      for (let i = 0; i < atOnce; i += 1) turns.add(-2, 'sub');
      const before = begun.length;
      turns.stop();
      vi.advanceTimersByTime(10 * launchEveryMs);
      expect(begun).toHaveLength(before);
      expect(vi.getTimerCount()).toBe(0);
    }),
  );
});

it('begins nothing more while those that began are behind, but not for ever', () => {
  const begun: number[] = [];
  let behind = false;
  const turns = createLaunchTurns<number>(
    2,
    (one) => begun.push(one),
    () => behind,
  );
  for (let i = 0; i < 9; i += 1) turns.add(i, 'main');
  expect(begun).toEqual([0, 1]);
  behind = true;
  vi.advanceTimersByTime(10 * launchEveryMs);
  expect(begun).toEqual([0, 1]);
  turns.add(9, 'main'); // takes its place behind those that wait
  expect(begun).toEqual([0, 1]);
  behind = false;
  vi.advanceTimersByTime(launchEveryMs);
  expect(begun).toEqual([0, 1, 2, 3]);
  behind = true;
  vi.advanceTimersByTime(mostHeldTurns * launchEveryMs);
  expect(begun).toEqual([0, 1, 2, 3]);
  vi.advanceTimersByTime(4 * launchEveryMs);
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  turns.stop();
  expect(vi.getTimerCount()).toBe(0);
});
