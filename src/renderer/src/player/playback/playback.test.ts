import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Segment } from '#domain/segment.ts';
import { easedSpeed, liveEdgeMs, momentAt, overGap, pushedRate } from './clock.ts';
import {
  fragmentAt,
  holdFor,
  keyFor,
  keyFragment,
  reversePass,
  runOf,
  shownAt,
  type FragmentSpan,
  type Planned,
} from './gop-plan.ts';
import { createLru } from './lru.ts';
import { createSegmentMap } from './segment-map.ts';

describe('master clock', () => {
  it('never jumps when the speed changes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5000 }), fc.constantFrom(-16, -1, 0, 1, 4)), { maxLength: 20 }),
        (steps) => {
          let clock = { atMs: 1_000_000, tMs: 0, speed: 1 };
          let t = 0;
          let sum = 1_000_000;
          for (const [wait, speed] of steps) {
            t += wait;
            sum += wait * clock.speed;
            clock = { atMs: momentAt(clock, t), tMs: t, speed };
            expect(momentAt(clock, t)).toBeCloseTo(sum, 6);
          }
        },
      ),
    );
  });

  it('reaches the live edge from any rate without overtaking now', () => {
    for (const rate of [2, 4, 8, 16]) {
      let behind = 60_000;
      let last = Number.POSITIVE_INFINITY;
      for (let t = 0; behind > liveEdgeMs && t < 600_000; t += 50) {
        const speed = easedSpeed(rate, behind);
        expect(speed).toBeLessThanOrEqual(last);
        last = speed;
        behind -= 50 * (speed - 1);
      }
      expect(behind).toBeLessThanOrEqual(liveEdgeMs);
      expect(behind).toBeGreaterThan(liveEdgeMs - 100);
    }
    expect(easedSpeed(1, 60_000)).toBe(1);
    expect(easedSpeed(1, 3_000)).toBeGreaterThan(1);
    expect(easedSpeed(-4, 100)).toBe(-4);
  });

  it('follows J, K and L', () => {
    expect(pushedRate(1, false, 1)).toBe(1);
    expect(pushedRate(1, true, 1)).toBe(2);
    expect(pushedRate(16, true, 1)).toBe(16);
    expect(pushedRate(4, true, -1)).toBe(-1);
    expect(pushedRate(-8, true, -1)).toBe(-16);
  });

  it('jumps only where no camera has video, to the nearest', () => {
    expect(overGap([{ prevMs: 5, nextMs: 20 }, null], 1)).toBeNull();
    expect(
      overGap(
        [
          { prevMs: 5, nextMs: 20 },
          { prevMs: 8, nextMs: 30 },
        ],
        1,
      ),
    ).toBe(20);
    expect(
      overGap(
        [
          { prevMs: 5, nextMs: 20 },
          { prevMs: 8, nextMs: null },
        ],
        -1,
      ),
    ).toBe(8);
    expect(overGap([], 1)).toBeNull();
  });
});

/** A group of pictures with B-frames or without, in decoding order. */
const gop = fc
  .record({ n: fc.integer({ min: 1, max: 60 }), b: fc.integer({ min: 0, max: 2 }) })
  .map(({ n, b }): Planned[] => {
    const out: Planned[] = [{ atUs: 0, key: true }];
    for (let shown = 1; out.length < n; shown += b + 1) {
      const group = Math.min(b, n - out.length - 1);
      out.push({ atUs: (shown + group) * 40_000, key: false });
      for (let i = 0; i < group; i++) out.push({ atUs: (shown + i) * 40_000, key: false });
    }
    return out;
  });

describe('reverse plan', () => {
  it('shows every picture of a group once, latest first, holding no more than allowed', () => {
    fc.assert(
      fc.property(gop, fc.integer({ min: 1, max: 20 }), (samples, hold) => {
        const shown: number[] = [];
        let before = Number.POSITIVE_INFINITY;
        for (;;) {
          const pass = reversePass(samples, before, hold);
          if (!pass) break;
          expect(samples[pass.from]?.key).toBe(true);
          const decoded = samples.slice(pass.from, pass.to);
          const kept = decoded.filter((s) => s.atUs >= pass.keepFromUs && s.atUs <= pass.keepToUs).map((s) => s.atUs);
          expect(kept.length).toBeLessThanOrEqual(hold);
          shown.push(...kept.sort((a, b) => b - a));
          before = pass.keepFromUs - 1;
        }
        expect(shown).toEqual(samples.map((s) => s.atUs).sort((a, b) => b - a));
      }),
    );
  });

  it('finds the picture shown at a moment and its key', () => {
    const samples = [0, 40, 120, 80, 160].map((t, i) => ({ atUs: t, key: i === 0 }));
    expect(shownAt(samples, 100)).toBe(3);
    expect(shownAt(samples, -1)).toBe(-1);
    expect(keyFor(samples, 4)).toBe(0);
  });

  it('bounds what is held by the size of the picture', () => {
    expect(holdFor(640, 360, 12e6)).toBe(34);
    expect(holdFor(3840, 2160, 12e6)).toBe(3);
  });
});

describe('fragments', () => {
  const fragments: FragmentSpan[] = [0, 800, 1600, 2000, 2800, 3600, 4000].map((t, i) => [
    i * 100,
    100,
    t,
    800,
    i % 3 === 0,
  ]);
  it('finds the run that a moment needs', () => {
    expect(fragmentAt(fragments, -5)).toBe(0);
    expect(fragmentAt(fragments, 1700)).toBe(2);
    expect(runOf(fragments, 2)).toEqual({ from: 0, to: 3 });
    expect(runOf(fragments, 6)).toEqual({ from: 6, to: 7 });
    expect(keyFragment(fragments, 1700, false)).toBe(0);
    expect(keyFragment(fragments, 1700, true)).toBe(3);
    expect(keyFragment(fragments, 100, true)).toBe(0);
    expect(keyFragment([[0, 1, 0, 800, false]], 100, true)).toBe(-1);
  });
});

describe('least recently used', () => {
  it('stays within its budget and closes what falls out exactly once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 40 })), { maxLength: 60 }),
        (ops) => {
          const closed: number[] = [];
          const lru = createLru<number>(100, (v) => closed.push(v));
          ops.forEach(([key, cost], i) => {
            lru.set(String(key), i, cost);
            expect(lru.cost).toBeLessThanOrEqual(100);
          });
          lru.clear();
          expect([...closed].sort((a, b) => a - b)).toEqual(ops.map((_, i) => i));
        },
      ),
    );
  });
});

const segment = (startMs: number, endMs: number): Segment => ({
  startMs,
  endMs,
  bytes: 1000,
  state: 'sealed',
  initBytes: 800,
  codecs: 'avc1.640028',
  width: 640,
  height: 360,
});

describe('segment map', () => {
  it('tells video, gaps and what it does not know apart', () => {
    const map = createSegmentMap();
    map.learn(0, 100_000, [segment(1_000, 20_000), segment(20_100, 40_000), segment(60_000, 80_000)]);
    expect(map.at(5_000)).toMatchObject({ kind: 'segment', segment: { startMs: 1_000 } });
    expect(map.at(20_050)).toMatchObject({ kind: 'segment', segment: { startMs: 20_100 } });
    expect(map.at(50_000)).toEqual({ kind: 'gap', prevMs: 40_000, nextMs: 60_000 });
    expect(map.at(90_000)).toEqual({ kind: 'gap', prevMs: 80_000, nextMs: null });
    expect(map.at(120_000)).toEqual({ kind: 'unknown' });
    map.forgetFrom(85_000);
    expect(map.at(90_000)).toEqual({ kind: 'unknown' });
  });

  it('has one for each moment of those that lie on two disks', () => {
    const map = createSegmentMap();
    map.learn(0, 100_000, [segment(0, 60_000), segment(50_000, 55_000), segment(61_000, 80_000)]);
    const starts = [10_000, 52_000, 57_000, 70_000].map((at) => {
      const found = map.at(at);
      return found.kind === 'segment' ? found.segment.startMs : found.kind;
    });
    expect(starts).toEqual([0, 50_000, 0, 61_000]);
  });

  it('answers as a plain list would, whatever the order of learning', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { maxLength: 40 }),
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 8 }),
        (minutes, chunks) => {
          const all = minutes.sort((a, b) => a - b).map((m) => segment(m * 60_000, m * 60_000 + 60_000));
          const map = createSegmentMap();
          for (const c of chunks) {
            const [from, to] = [c * 600_000, (c + 1) * 600_000];
            map.learn(
              from,
              to,
              all.filter((s) => s.endMs > from && s.startMs < to),
            );
          }
          for (let t = 30_000; t < 3_600_000; t += 60_000) {
            const found = map.at(t);
            const real = all.find((s) => s.startMs <= t && t < s.endMs);
            if (found.kind === 'segment') expect(found.segment).toEqual(real);
            else if (found.kind === 'gap') expect(real).toBeUndefined();
            else expect(chunks).not.toContain(Math.floor(t / 600_000));
          }
        },
      ),
    );
  });
});
