import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detection } from '../detection.ts';
import type { ObjectClass } from '../object-class.ts';
import type { Box } from '../place.ts';
import { freshTracking, keepsLooking, track, tracksOf, type TrackOutput, type Tracking } from './track.ts';

const base = { aspect: 16 / 9, minScore: 0.3, motion: null };
const found = (x: number, y: number, size: Partial<Box> = {}, score = 0.7, cls: ObjectClass = 'person'): Detection => ({
  class: cls,
  score,
  box: { x, y, width: 0.05, height: 0.2, ...size },
});

function run(looks: (readonly Detection[] | null)[], stepMs = 1_000, motion: readonly Box[] | null = null) {
  let state: Tracking = freshTracking;
  const said: TrackOutput[] = [];
  const states: Tracking[] = [];
  looks.forEach((detections, i) => {
    // Where no detector looks nothing moves.
    const moved = detections === null ? [] : motion;
    const [next, outputs] = track(state, { ...base, motion: moved, atMs: 1_000_000 + i * stepMs, detections });
    state = next;
    said.push(...outputs);
    states.push(state);
  });
  return { said, state, states, ids: new Set(said.flatMap((s) => (s.is === 'began' ? [s.track.id] : []))) };
}
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

describe('tracks', () => {
  it('keep one number for a walker at 1, 2 and 5 pictures a second, whichever way', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 5),
        fc.double({ min: 0.02, max: 0.12, noNaN: true }),
        fc.boolean(),
        fc.array(fc.double({ min: -0.006, max: 0.006, noNaN: true }), { minLength: 60, maxLength: 60 }),
        (perSecond, speed, back, jitter) => {
          const n = Math.floor((0.85 / speed) * perSecond);
          const looks = times(n, (i) => {
            const way = 0.02 + (speed * i) / perSecond;
            return [found((back ? 0.9 - way : way) + jitter[i % 60]!, 0.4 + jitter[(i * 7) % 60]!)];
          });
          const { ids, said } = run(looks, 1_000 / perSecond);
          expect(ids.size).toBe(1);
          expect(said.filter((s) => s.is === 'ended')).toEqual([]);
        },
      ),
    );
  });

  it('of two who cross each other stay with each', () => {
    const looks = times(12, (i) => [found(0.1 + i * 0.06, 0.35), found(0.82 - i * 0.06, 0.55)]);
    const { states, ids } = run(looks);
    expect(ids.size).toBe(2);
    const last = tracksOf(states.at(-1)!);
    expect(last.find((t) => t.id === 1)!.box.y).toBe(tracksOf(states[2]!).find((t) => t.id === 1)!.box.y);
  });

  it('of a parked car are one, however its score trembles and whether anybody looks', () => {
    const looks = times(300, (i) =>
      i % 3 === 1
        ? null
        : i % 7 === 0
          ? []
          : [found(0.4 + (i % 5) * 0.002, 0.5, { width: 0.2, height: 0.15 }, 0.3 + (i % 4) * 0.1, 'car')],
    );
    const { ids, said, state } = run(looks);
    expect(ids.size).toBe(1);
    expect(said.filter((s) => s.is === 'ended')).toEqual([]);
    expect(tracksOf(state)[0]!.class).toBe('car');
  });

  it('take up who was hidden for some seconds', () => {
    const looks = times(24, (i) => (i >= 8 && i < 15 ? [] : [found(0.1 + i * 0.03, 0.4)]));
    expect(run(looks).ids.size).toBe(1);
  });

  it('end at once, at the edge, with who leaves, and another who comes elsewhere is another', () => {
    const looks = [
      ...times(10, (i) => [found(0.5 + i * 0.05, 0.4)]),
      [],
      [],
      ...times(6, (i) => [found(0.01 + i * 0.05, 0.5)]),
    ];
    const { said, ids } = run(looks);
    expect(ids.size).toBe(2);
    const ended = said.filter((s) => s.is === 'ended');
    expect(ended).toMatchObject([{ why: 'left', track: { id: 1 } }]);
    expect(ended[0]!.is === 'ended' && ended[0]!.exit!.x).toBeGreaterThan(1);
  });

  it('do not begin of one weak glimpse, nor of a post where nothing moves, but at once of a sure one that moves', () => {
    expect(run([[found(0.4, 0.4, {}, 0.4)], [], []]).ids.size).toBe(0);
    expect(
      run(
        times(20, () => [found(0.4, 0.4, {}, 0.4)]),
        1_000,
        [],
      ).ids.size,
    ).toBe(0);
    expect(run([[found(0.4, 0.4, {}, 0.7)]], 1_000, [{ x: 0.4, y: 0.4, width: 0.1, height: 0.1 }]).ids.size).toBe(1);
    // Weak ones carry on what a strong one began.
    const carried = run([...times(3, () => [found(0.4, 0.4)]), ...times(40, () => [found(0.4, 0.4, {}, 0.15)])]);
    expect(carried.said.filter((s) => s.is === 'ended')).toEqual([]);
    expect(run(times(9, () => [found(0.4, 0.4, {}, 0.15)])).ids.size).toBe(0);
  });

  it('are not made of parts of somebody: legs, or the same one twice', () => {
    const legs = (i: number) => found(0.41, 0.6, { width: 0.1, height: 0.3 }, i % 2 === 0 ? 0.7 : 0.4);
    const twice = found(0.46, 0.2, { width: 0.14, height: 0.68 }, 0.65);
    const whole = found(0.4, 0.2, { width: 0.15, height: 0.7 }, 0.9);
    const { ids } = run(times(30, (i) => [whole, ...(i % 3 === 0 ? [legs(i)] : []), ...(i % 11 === 5 ? [twice] : [])]));
    expect(ids.size).toBe(1);
    // Only his legs are found for a moment.
    expect(run(times(30, (i) => (i % 5 === 4 ? [legs(0)] : [whole]))).ids.size).toBe(1);
  });

  it('follow who comes in over the edge, a shoe at first', () => {
    const looks = [
      [found(0.2, 0.9, { width: 0.12, height: 0.1 }, 0.7)],
      [found(0.25, 0.45, { width: 0.25, height: 0.55 }, 0.8)],
      ...times(5, () => [found(0.4, 0.1, { width: 0.22, height: 0.8 }, 0.9)]),
    ];
    expect(run(looks).ids.size).toBe(1);
  });

  it('of who stood unseen by the gate and then leaves end soon, and who comes next is another', () => {
    const stands = found(0.5, 0.05, { width: 0.2, height: 0.85 });
    const looks = [
      ...times(15, () => [stands]),
      ...times(6, () => null),
      [found(0.7, 0.05, { width: 0.25, height: 0.85 })],
      ...times(6, () => []),
      ...times(4, (i) => [found(0.3 + i * 0.07, 0.3, { width: 0.25, height: 0.7 })]),
    ];
    expect(run(looks).ids.size).toBe(2);
  });

  it('are looked for while they move or were missed, not while nothing is there', () => {
    expect(keepsLooking(freshTracking, 0)).toBe(false);
    const { state } = run(times(5, (i) => [found(0.1 + i * 0.05, 0.4)]));
    expect(keepsLooking(state, 1_004_000 + 5_000)).toBe(true);
    expect(keepsLooking(state, 1_004_000 + 31_000)).toBe(false);
  });

  it('begin once, end once, in that order, with numbers that only grow, whatever is found', () => {
    const detection = fc.record({
      class: fc.constantFrom<ObjectClass>('person', 'car', 'truck', 'dog'),
      score: fc.double({ min: 0.05, max: 1, noNaN: true }),
      box: fc.record({
        x: fc.double({ min: 0, max: 0.9, noNaN: true }),
        y: fc.double({ min: 0, max: 0.9, noNaN: true }),
        width: fc.double({ min: 0.01, max: 0.3, noNaN: true }),
        height: fc.double({ min: 0.01, max: 0.3, noNaN: true }),
      }),
    });
    const look = fc.option(fc.array(detection, { maxLength: 6 }));
    fc.assert(
      fc.property(fc.array(look, { maxLength: 40 }), fc.constantFrom(200, 1_000, 4_000), (looks, stepMs) => {
        const { said, states } = run(looks, stepMs);
        const begun: number[] = [];
        const over = new Set<number>();
        for (const s of said) {
          if (s.is === 'began') begun.push(s.track.id);
          else if (s.is === 'best') expect(begun.includes(s.id) && !over.has(s.id)).toBe(true);
          else {
            expect(begun.includes(s.track.id) && !over.has(s.track.id)).toBe(true);
            over.add(s.track.id);
          }
        }
        expect(begun).toEqual([...new Set(begun)]);
        expect(
          tracksOf(states.at(-1) ?? freshTracking)
            .map((t) => t.id)
            .sort(),
        ).toEqual(begun.filter((id) => !over.has(id)).sort());
        // The order in which a model names what it found does not matter.
        const turned = run(
          looks.map((l) => l && [...l].reverse()),
          stepMs,
        );
        expect(turned.said).toEqual(said);
      }),
      { numRuns: 60 },
    );
  });

  it('are at most a hundred', () => {
    const many = times(3, () =>
      times(150, (i) => found((i % 15) / 15, Math.floor(i / 15) / 10, { width: 0.02, height: 0.03 })),
    );
    expect(run(many).state.tracked.length).toBeLessThanOrEqual(100);
  });
});
