import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  growAfter,
  mostWorkers,
  noPool,
  shrinkAfter,
  sizePool,
  strainHoldMs,
  type PoolSize,
  type PoolTick,
} from './pool-size.ts';

const tick = (atMs: number, more: Partial<PoolTick> = {}): PoolTick => ({
  atMs,
  needed: true,
  busy: 0,
  waiting: 0,
  dropped: 0,
  strained: false,
  most: 4,
  ...more,
});
const run = (size: PoolSize, fromS: number, seconds: number, more: Partial<PoolTick>): PoolSize => {
  let next = size;
  for (let s = fromS; s < fromS + seconds; s += 1) next = sizePool(next, tick(s * 1000, more));
  return next;
};

describe('the size of the pool', () => {
  it('stays within what the PC bears, moves by one at a time, and is there while it is needed', () => {
    const anyTick = fc.record({
      needed: fc.boolean(),
      busy: fc.double({ min: 0, max: 1, noNaN: true }),
      waiting: fc.nat(20),
      dropped: fc.nat(3),
      strained: fc.boolean(),
      most: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(fc.array(anyTick, { maxLength: 200 }), (ticks) => {
        let size = noPool;
        ticks.forEach((t, s) => {
          const next = sizePool(size, { atMs: s * 1000, ...t });
          const lowered = next.workers === t.most && size.workers > t.most;
          if (!lowered) expect(Math.abs(next.workers - size.workers)).toBeLessThanOrEqual(1);
          if (!t.strained) expect(next.workers).toBeLessThanOrEqual(t.most);
          if (!t.strained && t.needed) expect(next.workers).toBeGreaterThanOrEqual(1);
          if (t.strained) expect(next.workers).toBeLessThanOrEqual(size.workers);
          size = next;
        });
      }),
    );
  });

  it('grows while jobs wait for busy workers, and after drops', () => {
    expect(run(noPool, 0, 1, {}).workers).toBe(1);
    expect(run(noPool, 0, growAfter + 1, { busy: 1, waiting: 3 }).workers).toBe(2);
    expect(run(noPool, 0, 60, { busy: 1, waiting: 3 }).workers).toBe(4);
    expect(run(noPool, 0, 60, { busy: 0.5, dropped: 1 }).workers).toBe(4);
    expect(run(noPool, 0, 600, { busy: 0.5, waiting: 1 }).workers).toBe(1);
  });

  it('shrinks when fewer would have done for a while, to none when nobody needs it', () => {
    const four = run(noPool, 0, 60, { busy: 1, waiting: 3 });
    expect(run(four, 60, shrinkAfter, { busy: 0.4 }).workers).toBe(3);
    expect(run(four, 60, 10 * shrinkAfter, { busy: 0.5 }).workers).toBe(4);
    expect(run(four, 60, 10 * shrinkAfter, {}).workers).toBe(1);
    expect(run(four, 60, 10 * shrinkAfter, { needed: false }).workers).toBe(0);
  });

  it('does not swing: work that one fewer cannot do does not make it smaller', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.double({ min: 0.05, max: 6, noNaN: true }), (most, work) => {
        // `work`: workers that would be busy all the time.
        let size: PoolSize = noPool;
        let changes = 0;
        for (let s = 0; s < 1_200; s += 1) {
          const busy = Math.min(1, work / Math.max(1, size.workers));
          const next = sizePool(size, tick(s * 1000, { busy, waiting: busy >= 1 ? 2 : 0, most }));
          if (s > 600 && next.workers !== size.workers) changes += 1;
          size = next;
        }
        expect(changes).toBe(0);
      }),
    );
  });

  it('gives way at once where recording suffers, and waits before it grows again', () => {
    const four = run(noPool, 0, 60, { busy: 1, waiting: 3 });
    const three = run(four, 60, 1, { busy: 1, waiting: 3, strained: true });
    expect(three.workers).toBe(3);
    expect(run(three, 61, strainHoldMs / 1000 - 2, { busy: 1, waiting: 3 }).workers).toBe(3);
    expect(run(three, 61, strainHoldMs / 1000 + 1, { busy: 1, waiting: 3 }).workers).toBe(4);
    expect(run(four, 60, 60, { strained: true }).workers).toBe(1);
  });

  it('leaves a core and memory to recording', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 128 }), fc.double({ min: 0, max: 1e12, noNaN: true }), (cores, free) => {
        const most = mostWorkers(cores, free);
        expect(most).toBeGreaterThanOrEqual(1);
        expect(most).toBeLessThanOrEqual(Math.max(1, cores - 1));
      }),
    );
    expect(mostWorkers(8, 16e9)).toBe(7);
    expect(mostWorkers(8, 1.2e9)).toBe(2);
  });
});
