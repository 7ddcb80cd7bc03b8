import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StreamId } from '../id.ts';
import { diskPressure, givingWay, noPressure, type PressureSight, type PressureState } from './disk-pressure.ts';

type Seen = Omit<PressureSight, 'atMs'>;
const well: Seen = { lagMs: 100, fill: 0.02, dropping: false };
const slow: Seen = { lagMs: 4_000, fill: 0.25, dropping: false };

/** A look a second; the rung after each. */
function run(sights: readonly Seen[], from: PressureState = noPressure): { rungs: number[]; state: PressureState } {
  let state = from;
  const rungs = sights.map((sight, i) => {
    state = diskPressure(state, { ...sight, atMs: i * 1000 });
    return state.rung;
  });
  return { rungs, state };
}
const times = (n: number, sight: Seen): Seen[] => Array.from({ length: n }, () => sight);

it('lets subs beside a main give way first, the others when that was not enough, and brings them back one by one', () => {
  const { rungs } = run([...times(3, well), ...times(10, slow), ...times(60, well)]);
  expect(rungs.slice(0, 3)).toEqual([0, 0, 0]);
  expect(rungs[3]).toBe(1);
  expect(rungs.indexOf(2)).toBe(8);
  const calm = rungs.slice(13);
  expect(calm.indexOf(1)).toBe(15);
  expect(calm.indexOf(0)).toBe(30);
});

it('does not wait for a step when memory is nearly full or a main stream drops', () => {
  expect(run([slow, { ...slow, fill: 0.8 }]).rungs).toEqual([1, 2]);
  expect(
    run([
      { ...well, dropping: true },
      { ...well, dropping: true },
    ]).rungs,
  ).toEqual([1, 2]);
});

it('touches nothing while the disk keeps up, whatever single writes take', () => {
  const sight = fc.record({
    lagMs: fc.integer({ min: 0, max: 2_999 }),
    fill: fc.double({ min: 0, max: 0.34, noNaN: true }),
    dropping: fc.constant(false),
  });
  fc.assert(
    fc.property(fc.array(sight, { maxLength: 200 }), (sights) => {
      expect(run(sights).rungs.every((rung) => rung === 0)).toBe(true);
    }),
  );
});

it('always comes back to everything, and never takes two steps at once', () => {
  const sight = fc.record({
    lagMs: fc.integer({ min: 0, max: 20_000 }),
    fill: fc.double({ min: 0, max: 1, noNaN: true }),
    dropping: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(sight, { maxLength: 300 }), (sights) => {
      const { rungs, state } = run(sights);
      for (const [i, rung] of rungs.entries()) expect(Math.abs(rung - (rungs[i - 1] ?? 0))).toBeLessThanOrEqual(1);
      const after = Array.from({ length: 1300 }, (_, i) => i).reduce(
        (s, i) => diskPressure(s, { ...well, atMs: (sights.length + i) * 1000 }),
        state,
      );
      expect(after.rung).toBe(0);
    }),
  );
});

it('comes back later each time that it was too early, so that a disk that only just copes is not asked again and again', () => {
  // It keeps up exactly as long as the subs give way.
  let state = noPressure;
  const ups: number[] = [];
  for (let second = 0; second < 3600; second++) {
    const next = diskPressure(state, { ...(state.rung === 0 ? slow : well), atMs: second * 1000 });
    if (next.rung > state.rung) ups.push(second);
    state = next;
  }
  expect(ups.length).toBeLessThan(12);
  const pauses = ups.slice(1).map((at, i) => at - (ups[i] ?? 0));
  for (const [i, pause] of pauses.entries()) expect(pause).toBeGreaterThanOrEqual(pauses[i - 1] ?? 0);
});

it('never names a main stream, nor what is not recorded', () => {
  const camera = fc.record({ mainRecorded: fc.boolean(), sub: fc.option(fc.boolean()) });
  fc.assert(
    fc.property(
      fc.array(camera, { maxLength: 20 }),
      fc.constantFrom(0 as const, 1 as const, 2 as const),
      (list, rung) => {
        const id = (n: number): StreamId => n as StreamId;
        const cameras = list.map(({ mainRecorded, sub }, i) => ({
          main: { id: id(2 * i), recorded: mainRecorded },
          sub: sub === null ? null : { id: id(2 * i + 1), recorded: sub },
        }));
        const given = new Set(givingWay(rung, cameras));
        for (const { main, sub } of cameras) {
          expect(given.has(main.id)).toBe(false);
          if (sub === null) continue;
          expect(given.has(sub.id)).toBe(sub.recorded && (rung === 2 || (rung === 1 && main.recorded)));
        }
      },
    ),
  );
});
