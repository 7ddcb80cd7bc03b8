import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Labelled } from './eval-media.ts';
import { averagePrecision, judge, judgeEvents, precisionOf, recallOf, tally } from './eval-score.ts';

const box = (x: number, width = 0.1) => ({ x, y: 0.2, width, height: 0.4 });
const there = (x: number, crowd = false): Labelled => ({ class: 'person', box: box(x), crowd });
const found = (x: number, score: number) => ({ class: 'person' as const, score, box: box(x) });

describe('the score of what was found', () => {
  it('counts each labelled object once, the surest first, crowds neither, other kinds not at all', () => {
    const seen = [
      found(0.1, 0.5),
      found(0.11, 0.9),
      found(0.6, 0.8),
      found(0.8, 0.7),
      { ...found(0.3, 1), class: 'car' as const },
    ];
    const judged = judge(seen, [there(0.1), there(0.4), there(0.6, true)], 'person', 0.5);
    expect(judged.judged).toEqual([
      { score: 0.9, right: true },
      { score: 0.7, right: false },
      { score: 0.5, right: false },
    ]);
    expect(tally(judged)).toEqual({ right: 1, wrong: 2, missed: 1 });
    expect([recallOf(tally(judged)), precisionOf(tally(judged))]).toEqual([0.5, 1 / 3]);
    expect([recallOf({ right: 0, wrong: 0, missed: 0 }), precisionOf({ right: 0, wrong: 0, missed: 0 })]).toEqual([
      null,
      null,
    ]);
  });

  it('has the average precision that it should', () => {
    expect(averagePrecision([{ judged: [], there: 0 }])).toBe(null);
    expect(averagePrecision([{ judged: [{ score: 0.9, right: true }], there: 2 }])).toBe(0.5);
    const judged = [true, false, true].map((right, i) => ({ score: 0.9 - i / 10, right }));
    expect(averagePrecision([{ judged, there: 2 }])).toBeCloseTo(0.5 + (0.5 * 2) / 3);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), { maxLength: 30 }),
        (list) => {
          const all = list.map(([score, right]) => ({ score, right }));
          const area = averagePrecision([{ judged: all, there: Math.max(1, all.length) }])!;
          expect(area).toBeGreaterThanOrEqual(0);
          expect(area).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('holds events against visits: told, split, false', () => {
    const visits = [
      [5, 10],
      [20, 30],
    ] as const;
    expect(judgeEvents([[5.5, 9]], visits, 0.5)).toEqual({ visits: 2, told: 1, splits: 0, merged: 0, false: 0 });
    expect(
      judgeEvents(
        [
          [4, 6],
          [8, 11],
          [12, 14],
          [19, 33],
        ],
        visits,
        0.5,
      ),
    ).toEqual({ visits: 2, told: 2, splits: 1, merged: 0, false: 1 });
    // One event over both is of the one that it shares more with: the other was not told.
    expect(judgeEvents([[5, 30]], visits, 0.5)).toEqual({ visits: 2, told: 1, splits: 0, merged: 1, false: 0 });
  });
});
