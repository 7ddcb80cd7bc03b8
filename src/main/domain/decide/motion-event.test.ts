import { describe, expect, it } from 'vitest';
import { isUnsure, motionEvents, motionOverMs, noMotion } from './motion-event.ts';
import { WatchSettings } from '../watching.ts';
import type { MotionResult } from './motion-gate.ts';

const box = { x: 0.2, y: 0.2, width: 0.1, height: 0.3 };
const moves = (atMs: number, sinceMs: number, evidence: number): MotionResult => ({
  ...{ atMs, is: 'motion', cells: new Uint8Array(0), restless: false },
  regions: [{ box, area: 0.02, sinceMs, evidence }],
});
const rests = (atMs: number): MotionResult => ({
  atMs,
  is: 'still',
  cells: new Uint8Array(0),
  regions: [],
  restless: false,
});
function told(results: MotionResult[], minMotionMs: number) {
  let state = noMotion;
  return results.map((result) => {
    const [next, outputs] = motionEvents(state, { result, minMotionMs });
    state = next;
    return outputs;
  });
}

describe('motion as an event', () => {
  it('is told by the second picture of a camera that gives one a second, also if that comes a little early', () => {
    for (const stepMs of [1_000, 999, 980])
      expect(told([moves(5_000, 5_000, 1), moves(5_000 + stepMs, 5_000, 2)], 1_000)).toEqual([
        [],
        [
          {
            ...{ is: 'begin', fromMs: 5_000, box },
            why: { atMs: 5_000 + stepMs, cells: 0, area: 0.02, evidence: 2, enough: 1.6, forMs: stepMs },
          },
        ],
      ]);
  });

  it('is unsure while another look may tell it, and not before that or once it is told', () => {
    const unsure = (result: MotionResult, minMotionMs: number): boolean => isUnsure(noMotion, { result, minMotionMs });
    expect(unsure(moves(5_000, 5_000, 1), 500)).toBe(true);
    expect(unsure(moves(5_500, 5_000, 1.4), 500)).toBe(true);
    expect(unsure(rests(5_000), 500)).toBe(false);
    expect(unsure({ ...moves(5_000, 5_000, 1), restless: true }, 500)).toBe(false);
    expect([5_000, 6_500, 7_000, 8_000].map((ms) => unsure(moves(ms, 5_000, 1), 2_500))).toEqual([
      ...[false, false, true, true],
    ]);
    expect(isUnsure({ fromMs: 4_000, lastMs: 4_500 }, { result: moves(5_000, 5_000, 1), minMotionMs: 500 })).toBe(
      false,
    );
    // What the product asks for by itself is told by the second look.
    const { minMotionMs } = WatchSettings.parse({});
    expect(unsure(moves(5_000, 5_000, 1), minMotionMs)).toBe(true);
    expect(told([moves(5_000, 5_000, 1), moves(5_480, 5_000, 2)], minMotionMs)[1]).toMatchObject([{ is: 'begin' }]);
  });

  it('waits for as long as was asked for', () => {
    const results = [0, 1_000, 2_000, 3_000].map((ms) => moves(5_000 + ms, 5_000, 3));
    expect(told(results, 3_000).map((outputs) => outputs.length)).toEqual([0, 0, 0, 1]);
    expect(told(results, 500).map((outputs) => outputs.length)).toEqual([0, 1, 0, 0]);
  });

  it('is over when nothing has moved for a while', () => {
    const results = [moves(5_000, 4_000, 2), rests(5_000 + motionOverMs - 1), rests(5_000 + motionOverMs)];
    expect(told(results, 1_000).slice(1)).toEqual([[], [{ is: 'end', atMs: 5_000 }]]);
  });
});
