import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gapToleranceMs } from '../gap.ts';
import { isWithin, keysToLook, leastApartMs, motionWindows, planFootage } from './plan-footage.ts';

const row = (startMs: number, endMs: number, of = 'wanted') => ({ startMs, endMs, of });

it('takes the stream that is wanted where there is any, and the other one in its holes', () => {
  const wanted = [row(0, 60_000), row(60_000, 120_000), row(180_000, 240_000)];
  const other = [row(50_000, 110_000, 'other'), row(110_000, 170_000, 'other'), row(230_000, 290_000, 'other')];
  const pieces = planFootage(wanted, other, 30_000, 280_000);
  expect(pieces.map((p) => [p.segment.of, p.fromMs, p.toMs])).toEqual([
    ['wanted', 30_000, 60_000],
    ['wanted', 60_000, 120_000],
    ['other', 120_000, 170_000],
    ['wanted', 180_000, 240_000],
    ['other', 240_000, 280_000],
  ]);
});

const rows = (of: string) =>
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: 90_000 }), fc.integer({ min: 1, max: 90_000 })), { maxLength: 12 })
    .map((all) =>
      all.map(([startMs, length]) => row(startMs, startMs + length, of)).sort((a, b) => a.startMs - b.startMs),
    );

it('looks at every recorded moment once, whatever overlaps', () => {
  fc.assert(
    fc.property(rows('wanted'), rows('other'), fc.integer({ min: 0, max: 50_000 }), (wanted, other, fromMs) => {
      const toMs = fromMs + 100_000;
      const pieces = planFootage(wanted, other, fromMs, toMs);
      let atMs = fromMs;
      for (const p of pieces) {
        expect(p.fromMs).toBeGreaterThanOrEqual(atMs);
        expect(p.toMs).toBeGreaterThan(p.fromMs);
        expect(p.segment.startMs <= p.fromMs && p.toMs <= p.segment.endMs).toBe(true);
        atMs = p.toMs;
      }
      expect(atMs).toBeLessThanOrEqual(toMs);
      const has = (ms: number): boolean => pieces.some((p) => p.fromMs <= ms && ms < p.toMs);
      for (const s of wanted)
        for (const ms of [Math.max(fromMs, s.startMs), Math.min(toMs, s.endMs) - 1])
          if (ms >= s.startMs && ms < s.endMs && ms >= fromMs && ms < toMs) expect(has(ms)).toBe(true);
      for (const s of other) {
        const middle = Math.floor((s.startMs + s.endMs) / 2);
        if (middle < fromMs || middle >= toMs || has(middle)) continue;
        // Only holes of the wanted stream that are too short to matter are left.
        const before = Math.max(fromMs, ...wanted.filter((w) => w.endMs <= middle).map((w) => w.endMs));
        const after = Math.min(toMs, ...wanted.filter((w) => w.startMs > middle).map((w) => w.startMs));
        expect(after - before).toBeLessThanOrEqual(gapToleranceMs);
      }
    }),
  );
});

it('narrows to where something moved and where nobody watched', () => {
  const watched: [number, number][] = [
    [0, 60_000],
    [62_000, 300_000], // a new minute of the index begins with its first look
    [400_000, 600_000],
  ];
  const hits = [
    { fromMs: 100_000, toMs: 104_000 },
    { fromMs: 110_000, toMs: 111_000 },
  ];
  const windows = motionWindows({ hits, watched }, 0, 600_000);
  expect(windows).toEqual([
    [97_000, 121_000],
    [300_000, 400_000],
  ]);
  expect([96_999, 97_000, 120_999, 121_000].map((ms) => isWithin(windows, ms))).toEqual([false, true, true, false]);
  expect(motionWindows({ hits: [], watched: [] }, 5, 20_000)).toEqual([[5, 20_000]]);
  expect(motionWindows({ hits: [], watched: [[0, 9_000]] }, 5, 20_000)).toEqual([]);
});

it('takes key pictures of its part of a segment, none twice and none too close', () => {
  const fragment = (atMs: number, key = true) => [0, 100, atMs, 500, key] as const;
  const all = [0, 500, 1_000, 1_500, 2_000, 5_000].map((atMs) => fragment(atMs));
  const span = { fromMs: 0, toMs: 10_000 };
  expect(keysToLook(all, span, null, null)).toEqual([0, 2, 4, 5]);
  expect(keysToLook(all, { fromMs: 900, toMs: 5_000 }, null, null)).toEqual([2, 4]);
  expect(keysToLook(all, span, [[400, 1_100]], null)).toEqual([1]);
  expect(keysToLook([fragment(5_000), fragment(6_000)], span, null, 4_200)).toEqual([1]);
  expect(keysToLook([fragment(0), fragment(leastApartMs, false), fragment(1_000)], span, null, null)).toEqual([0, 2]);
});
