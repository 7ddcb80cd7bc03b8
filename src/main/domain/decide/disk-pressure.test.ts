import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamId } from '../id.ts';
import {
  behindMs,
  comingOrder,
  diskPressure,
  filling,
  givingWay,
  noPressure,
  openingBehindMs,
  type PressureSight,
  type PressureState,
} from './disk-pressure.ts';

type Seen = Omit<PressureSight, 'atMs'>;
const well: Seen = { lagMs: 100, openingMs: 0, fill: 0.02, dropping: false, beside: 60, alone: 4 };
const slow: Seen = { ...well, lagMs: 4_000, fill: 0.25 };

/** A look a second; how many are recorded after each. */
function run(sights: readonly Seen[], from: PressureState = noPressure): { back: number[]; state: PressureState } {
  let state = from;
  const back = sights.map((sight, i) => {
    state = diskPressure(state, { ...sight, atMs: i * 1000 });
    return state.back;
  });
  return { back, state };
}
const times = (n: number, sight: Seen): Seen[] => Array.from({ length: n }, () => sight);

const anySight = fc.record({
  lagMs: fc.integer({ min: 0, max: 20_000 }),
  openingMs: fc.integer({ min: 0, max: 20_000 }),
  fill: fc.double({ min: 0, max: 1, noNaN: true }),
  dropping: fc.boolean(),
  beside: fc.constant(60),
  alone: fc.constant(4),
});

describe('more give way', () => {
  it('those beside a main first, the others when that was not enough', () => {
    const { back } = run([...times(3, well), ...times(10, slow)]);
    expect(back.slice(0, 3)).toEqual([Infinity, Infinity, Infinity]);
    expect(back[3]).toBe(4);
    expect(back.indexOf(0)).toBe(8);
  });

  it('no others while it helps', () => {
    const { back } = run(Array.from({ length: 30 }, (_, i) => ({ ...slow, lagMs: 9_000 - i * 200 })));
    expect(back.every((n) => n === 4)).toBe(true);
  });

  it('at once, all that can, when memory is nearly full or a main stream drops', () => {
    expect(run([slow, { ...slow, fill: 0.8 }]).back).toEqual([4, 0]);
    expect(run(times(2, { ...well, dropping: true })).back).toEqual([4, 0]);
    fc.assert(
      fc.property(fc.array(anySight, { maxLength: 100 }), (sights) => {
        const after = run([...sights, ...times(2, { ...well, dropping: true })]);
        expect(after.back.at(-1)).toBe(0);
      }),
    );
  });

  it('none while the disk keeps up, whatever single writes and the making of files take', () => {
    const sight = fc.record({
      lagMs: fc.integer({ min: 0, max: behindMs - 1 }),
      openingMs: fc.integer({ min: 0, max: openingBehindMs - 1 }),
      fill: fc.double({ min: 0, max: filling - 0.01, noNaN: true }),
      dropping: fc.constant(false),
      beside: fc.nat(1000),
      alone: fc.nat(1000),
    });
    fc.assert(
      fc.property(fc.array(sight, { maxLength: 200 }), (sights) => {
        expect(run(sights).back.every((n) => n === Infinity)).toBe(true);
      }),
    );
  });

  it('while files are made: no later than memory bears it, so that no main stream loses a picture', () => {
    // Its disk makes no file at all. What comes of the largest stream waits, up to 8 MiB.
    const bytes = 8 << 20;
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 2_000_000 }), (bytesPerSecond) => {
        let state = noPressure;
        let second = 0;
        for (; state.back > 0; second += 1) {
          const fill = (second * bytesPerSecond) / bytes;
          if (fill >= 1) break;
          state = diskPressure(state, { ...well, openingMs: second * 1000, fill, atMs: second * 1000 });
        }
        expect(state.back).toBe(0);
      }),
    );
  });
});

describe('they come back', () => {
  it('a few at first and twice as many with each step, those without a main stream before the others', () => {
    const { back } = run([slow, ...times(60, well)]);
    const steps = back.filter((n, i) => n !== back[i - 1]);
    expect(steps).toEqual([4, 8, 16, 32, Infinity]);
    expect(steps.map((n) => back.indexOf(n))).toEqual([0, 16, 20, 24, 28]);
  });

  it('a single one as soon as the disk has kept up for long enough', () => {
    const { back } = run([slow, ...times(20, well)].map((s) => ({ ...s, beside: 1, alone: 0 })));
    expect(back.indexOf(Infinity)).toBe(16);
  });

  it('not while files of those that came are still being made', () => {
    const { back } = run([slow, ...times(16, well), ...times(20, { ...well, openingMs: 2_000 })]);
    expect(back.slice(16).every((n) => n === 8)).toBe(true);
  });

  it('never more than twice as many at a time as the step before, the first a sixteenth', () => {
    fc.assert(
      fc.property(fc.array(anySight, { maxLength: 300 }), (sights) => {
        let step = 0;
        const { back } = run([...sights, ...times(700, well)]);
        for (const [i, n] of back.entries()) {
          const before = back[i - 1] ?? Infinity;
          if (n <= before) {
            if (n < before) step = 0;
            continue;
          }
          const by = Math.min(n, 64) - before;
          expect(by).toBeLessThanOrEqual(step === 0 ? 4 : 2 * step);
          step = by;
        }
      }),
    );
  });

  it('all of them in the end, whatever was before', () => {
    fc.assert(
      fc.property(fc.array(anySight, { maxLength: 300 }), (sights) => {
        const { state } = run([...sights, ...times(700, well)]);
        expect(state.back).toBe(Infinity);
      }),
    );
  });
});

describe('where their coming makes the disk slow again', () => {
  it('those that came last go, and no others', () => {
    const { back } = run([slow, ...times(24, well), slow]);
    expect(back.slice(-2)).toEqual([32, 16]);
    // Also when all had come.
    const all = run([slow, ...times(40, well), slow]);
    expect(all.back.slice(-2)).toEqual([Infinity, 32]);
    // Long after that it is not their fault any more.
    const later = run([slow, ...times(120, well), slow]);
    expect(later.back.slice(-2)).toEqual([Infinity, 4]);
  });

  it('and before them, step by step, who came before, if that does not help', () => {
    const { back } = run([slow, ...times(24, well), ...times(30, slow)]);
    const steps = back.slice(25).filter((n, i, list) => n !== list[i - 1]);
    expect(steps).toEqual([16, 8, 4, 0]);
  });

  /** A disk that bears `bearable` of 64 sub streams beside its main streams: with more it falls behind, with fewer it catches up. */
  function live(bearable: number, seconds: number): { recorded: number[]; lostMains: boolean; downs: number[] } {
    let state = noPressure;
    let lagMs = 0;
    const recorded: number[] = [];
    const downs: number[] = [];
    let lostMains = false;
    for (let second = 0; second < seconds; second += 1) {
      const before = Math.min(state.back, 64);
      lagMs = Math.max(0, lagMs + (before - bearable) * 60);
      const fill = (lagMs / 1000) * 0.035;
      if (fill >= 1) lostMains = true;
      state = diskPressure(state, { ...well, lagMs, fill, atMs: second * 1000 });
      const now = Math.min(state.back, 64);
      if (now < before) downs.push(second);
      recorded.push(now);
    }
    return { recorded, lostMains, downs };
  }

  it('as many are recorded as it bears, it is tried ever more seldom, and no main stream loses a picture', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 63 }), (bearable) => {
        const { recorded, lostMains, downs } = live(bearable, 4 * 3600);
        expect(lostMains).toBe(false);
        const lastHour = recorded.slice(3 * 3600);
        const mean = lastHour.reduce((sum, n) => sum + n, 0) / lastHour.length;
        expect(mean).toBeGreaterThan(bearable - 2);
        expect(mean).toBeLessThan(bearable + 1);
        // Each time up to three steps are tried.
        const downsIn = (hour: number): number => downs.filter((at) => Math.floor(at / 3600) === hour).length;
        expect(downsIn(3)).toBeLessThanOrEqual(18);
        expect(downsIn(3)).toBeLessThan(downsIn(0));
      }),
      { numRuns: 63 },
    );
  });

  it('a disk that copes with all of them but not with their coming at once gets them all', () => {
    let state = noPressure;
    let second = 0;
    let lagMs = 4_000;
    for (; second < 120 && (second === 0 || state.back !== Infinity); second += 1) {
      const before = Math.min(state.back, 64);
      state = diskPressure(state, { ...well, lagMs, atMs: second * 1000 });
      // Each that comes costs it 60 ms once.
      const came = Math.max(0, Math.min(state.back, 64) - before);
      lagMs = Math.max(0, lagMs - 1_000) + came * 60;
    }
    expect(state.back).toBe(Infinity);
    expect(second).toBeLessThan(45);
  });
});

it('never names a main stream, nor what is not recorded', () => {
  const camera = fc.record({ mainRecorded: fc.boolean(), sub: fc.option(fc.boolean()) });
  fc.assert(
    fc.property(fc.array(camera, { maxLength: 20 }), fc.option(fc.nat(20)), (list, back) => {
      const id = (n: number): StreamId => n as StreamId;
      const cameras = list.map(({ mainRecorded, sub }, i) => ({
        main: { id: id(2 * i), recorded: mainRecorded },
        sub: sub === null ? null : { id: id(2 * i + 1), recorded: sub },
      }));
      const given = givingWay({ ...noPressure, back: back ?? Infinity }, cameras);
      const wanted = cameras.filter((c) => c.sub?.recorded === true);
      expect(new Set(given).size).toBe(given.length);
      expect(given).toHaveLength(Math.max(0, wanted.length - (back ?? Infinity)));
      for (const gone of given) expect(wanted.some((c) => c.sub?.id === gone)).toBe(true);
      // Whose main stream is not recorded goes last.
      const { ids, beside, alone } = comingOrder(cameras);
      expect(ids).toHaveLength(beside + alone);
      const without = wanted.filter((c) => !c.main.recorded).map((c) => c.sub?.id);
      expect(ids.slice(0, alone)).toEqual(without);
    }),
  );
});
