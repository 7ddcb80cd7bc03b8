/** The motion gate on pictures of real cameras, where they are there (../shared): its negatives on empty stretches, and visits. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { motionEvents, noMotion, type MotionOutput } from '../../src/main/domain/decide/motion-event.ts';
import { freshMotionGate, motionGate, type MotionGate } from '../../src/main/domain/decide/motion-gate.ts';
import { cellMask } from '../../src/main/domain/motion-cells.ts';
import { WatchSettings } from '../../src/main/domain/watching.ts';
import { greysOf, noFfmpeg } from '../support/grey.ts';
import { filmOf, watchShots } from '../support/watched.ts';
import { chance, weathers } from '../support/weather.ts';
import { root } from './engine-rig.ts';

const clips = process.env['VIGIE_TEST_CLIPS'] ?? join(root, '..', 'shared', 'media', 'clips');
const clip = (name: string): string => join(clips, `${name}.mp4`);
const startMs = 1_000_000_000;

function watch(n: number, picture: (i: number) => Uint8Array): { is: string[]; said: MotionOutput[] } {
  const { sensitivity, minArea, minMotionMs } = WatchSettings.parse({});
  let gate: MotionGate = freshMotionGate;
  let events = noMotion;
  const is: string[] = [];
  const said: MotionOutput[] = [];
  for (let i = 0; i < n; i += 1) {
    const input = {
      atMs: startMs + i * 1_000,
      grey: picture(i),
      mask: cellMask([]),
      sensitivity,
      minArea,
      ...{ anew: false, second: false },
    };
    const [next, result] = motionGate(gate, input);
    const [after, outputs] = motionEvents(events, { result, minMotionMs });
    gate = next;
    events = after;
    is.push(result.is);
    said.push(...outputs);
  }
  return { is, said };
}

describe.skipIf(noFfmpeg || !existsSync(clip('person_visits_a')))('the motion gate on real pictures', () => {
  /** Seconds in which nothing is there. */
  const empty = { person_visits_a: [0, 1, 2, 3, 4, 46, 47, 48], cars_overhead_a: [0, 1, 2, 10, 11, 12, 13] };
  describe.each(Object.entries(empty))('%s', (name, seconds) => {
    const pictures = greysOf(clip(name));
    it.each(Object.keys(weathers))('tells of no motion in ten minutes of %s', { timeout: 240_000 }, (weather) => {
      const next = chance(7);
      const { said } = watch(600, (i) => weathers[weather]!(pictures[seconds[i % seconds.length]!]!, i, next));
      expect(said).toEqual([]);
      // As the product looks: what moves is looked at again half a second later, when the camera's noise is another.
      const again = chance(8);
      const at = (second: number) => pictures[seconds[Math.floor(2 * second) % seconds.length]!]!;
      const film = filmOf(600, (second) => weathers[weather]!(at(second), second, again));
      expect(watchShots(film).said).toEqual([]);
    });
  });

  it('sees each visitor come, and an empty room between', () => {
    const pictures = greysOf(clip('person_visits_a'));
    const { is } = watch(pictures.length, (i) => pictures[i]!);
    for (const [from, to] of [
      [6, 19],
      [23, 44],
      [51, 69],
      [75, 86],
    ] as const) {
      expect(is.slice(from, from + 2)).toContain('motion');
      expect(is.slice(to - 2, to + 1)).toContain('motion');
    }
    for (const [from, to] of [
      [4, 5],
      [20, 22],
      [46, 49],
      [71, 73],
    ] as const)
      expect(is.slice(from, to + 1)).not.toContain('motion');
  });

  it('takes no exposure that drifts for motion, and sees the cars', () => {
    const pictures = greysOf(clip('cars_overhead_a'));
    const { is } = watch(pictures.length, (i) => pictures[i]!);
    expect(is.slice(10, 14)).not.toContain('motion');
    expect(is.slice(5, 8)).toContain('motion');
    expect(is.slice(15, 18)).toContain('motion');
  });
});
