/** The gate on drawn scenes; tests/integration/motion-gate.test.ts has pictures of real cameras. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filmOf, watchShots } from '../../../../tests/support/watched.ts';
import { chance, drawnScene, noisy, walker, weathers, type Weather } from '../../../../tests/support/weather.ts';
import { cellCount, cellMask } from '../motion-cells.ts';
import { motionEvents, noMotion, type MotionOutput } from './motion-event.ts';
import { freshMotionGate, motionGate, type MotionGate, type MotionResult } from './motion-gate.ts';

const everywhere = cellMask([]);
type Told = { results: MotionResult[]; said: MotionOutput[] };
function watch(
  n: number,
  picture: (i: number) => Uint8Array,
  { stepMs = 1_000, mask = everywhere, sensitivity = 0.5, minArea = 0.002 } = {},
): Told {
  let gate: MotionGate = freshMotionGate;
  let events = noMotion;
  const results: MotionResult[] = [];
  const said: MotionOutput[] = [];
  for (let i = 0; i < n; i += 1) {
    const input = {
      atMs: 1_000_000 + i * stepMs,
      grey: picture(i),
      mask,
      sensitivity,
      minArea,
      anew: false,
      second: false,
    };
    const [next, result] = motionGate(gate, input);
    gate = next;
    results.push(result);
    const [after, outputs] = motionEvents(events, { result, minMotionMs: 1_000 });
    events = after;
    said.push(...outputs);
  }
  return { results, said };
}
/** Somebody of `tall` pixels crosses the scene in the pictures from `from` on, by `step` pixels each. */
const crossed = (scene: Float32Array, weather: Weather, tall: number, from: number, step: number) => {
  const next = chance(tall);
  return (i: number): Uint8Array => {
    const x = (i - from) * step - 10;
    const here = i >= from && x < 330 ? walker(scene, x, 130, tall, i) : scene;
    return noisy(weather(here, i, next), 2, next);
  };
};

describe('the motion gate', () => {
  it.each(Object.keys(weathers))('takes no %s for motion in ten minutes', { timeout: 240_000 }, (name) => {
    const scene = drawnScene(1);
    // As the product looks: what moves is looked at again half a second later.
    const next = chance(8);
    const { said } = watchShots(filmOf(600, (second) => noisy(weathers[name]!(scene, second, next), 2, next)));
    expect(said).toEqual([]);
  });

  it('looks a second time at who walks in, and not at snow, of which some would lie in a row', () => {
    const walks = watchShots(filmOf(60, crossed(drawnScene(2), weathers['calm']!, 46, 30.3, 16)));
    expect(walks.looks.filter((l) => l.cause === 'second').length).toBeGreaterThan(0);
    const [scene, next] = [drawnScene(1), chance(8)];
    const { looks } = watchShots(filmOf(600, (second) => noisy(weathers['snow']!(scene, second, next), 2, next)));
    expect(looks.filter((l) => l.result.is === 'motion').length).toBeGreaterThan(10);
    expect(looks.filter((l) => l.cause === 'second')).toEqual([]);
  });

  it.each(['calm', 'light rain', 'rain', 'snow', 'leaves', 'headlights', 'exposure', 'clouds'])(
    'sees somebody walk through %s',
    (name) => {
      const picture = crossed(drawnScene(2), weathers[name]!, 46, 100, 16);
      for (const { said } of [watch(160, picture), watchShots(filmOf(160, picture))]) {
        expect(said[0]).toMatchObject({ is: 'begin' });
        expect(said[0]!.is === 'begin' && said[0]!.fromMs).toBeGreaterThanOrEqual(1_099_000);
      }
    },
  );

  it('tells of somebody half a second after it saw them first, and not of what appears and stands there', () => {
    const [scene, next] = [drawnScene(2), chance(46)];
    const crosses = watchShots(filmOf(60, crossed(scene, weathers['calm']!, 46, 40.3, 38)));
    const [begun] = crosses.said;
    expect(begun).toMatchObject({ is: 'begin', why: { forMs: 500 } });
    const still = walker(scene, 150, 130, 46, 0);
    const stands = watchShots(filmOf(60, (second) => noisy(second < 40.3 ? scene : still, 2, next)));
    expect(stands.looks.filter((l) => l.cause === 'second').map((l) => l.result.is)).toEqual(['still']);
    expect(stands.said).toEqual([]);
  });

  it.each([200, 500, 1_000, 4_000])('sees somebody at a picture every %i ms, and shows where', (stepMs) => {
    const from = Math.ceil(30_000 / stepMs);
    const { results, said } = watch(
      from + Math.ceil(22_000 / stepMs),
      crossed(drawnScene(3), weathers['calm']!, 46, from, 16 * (stepMs / 1_000)),
      { stepMs },
    );
    expect(said.filter((s) => s.is === 'begin')).toHaveLength(1);
    const [seen] = results.filter((r) => r.is === 'motion').slice(-3);
    expect(seen!.regions[0]!.box.y).toBeGreaterThan(0.35);
    expect(seen!.regions[0]!.box.y + seen!.regions[0]!.box.height).toBeLessThan(0.85);
  });

  it('sees nothing where it is not asked to look, and less where it is told to be less sensitive', () => {
    const above = cellMask([
      {
        kind: 'detect',
        points: [
          { x: 0, y: 0 },
          { x: 1, y: 0 },
          { x: 1, y: 0.3 },
          { x: 0, y: 0.3 },
        ],
      },
    ]);
    const picture = () => crossed(drawnScene(3), weathers['calm']!, 46, 30, 16);
    expect(watch(60, picture(), { mask: above }).results.every((r) => r.is !== 'motion')).toBe(true);
    const cells = (sensitivity: number): number =>
      watch(60, picture(), { sensitivity }).results.reduce((sum, r) => sum + r.cells.reduce((a, b) => a + b, 0), 0);
    const [low, usual, high] = [cells(0), cells(0.5), cells(1)];
    expect(low).toBeLessThan(usual);
    expect(usual).toBeLessThanOrEqual(high);
    expect(watch(60, picture(), { minArea: 0.5 }).said).toEqual([]);
  });

  it('learns nothing from a second look, and follows to it what moved', () => {
    const drawn = crossed(drawnScene(3), weathers['calm']!, 46, 30, 16);
    const shots = new Map<number, Uint8Array>();
    const look = (gate: MotionGate, second: number, isSecond = false) => {
      const grey = shots.get(second) ?? drawn(second);
      shots.set(second, grey);
      const input = { atMs: 1_000_000 + second * 1_000, grey, mask: everywhere, sensitivity: 0.5 };
      // Given a copy, since it uses up what it is given.
      return motionGate(structuredClone(gate), { ...input, minArea: 0.002, anew: false, second: isSecond });
    };
    let gate: MotionGate = freshMotionGate;
    for (let second = 0; second < 34; second += 1) [gate] = look(gate, second);
    const [after, { is, regions }] = look(gate, 33.5, true);
    expect([is, regions[0]!.sinceMs]).toEqual(['motion', look(gate, 34)[1].regions[0]!.sinceMs]);
    expect({ ...after!, following: gate!.following, spare: gate!.spare }).toEqual(gate);
    expect(after!.following).not.toEqual(gate!.following);
    const [with_, without] = [look(after, 34), look(gate, 34)];
    expect(with_[1].cells).toEqual(without[1].cells);
    expect(with_[0]!.background).toEqual(without[0]!.background);
  });

  it('takes what stays for part of the scene, and the place where it stood too', () => {
    const scene = drawnScene(4);
    const next = chance(1);
    const still = walker(scene, 150, 130, 60, 0);
    const { results } = watch(200, (i) => noisy(i < 40 || i >= 120 ? scene : still, 2, next));
    const motion = results.map((r) => r.is === 'motion');
    expect(motion.slice(40, 43)).toContain(true);
    expect(motion.slice(45, 119)).not.toContain(true);
    expect(motion.slice(123)).not.toContain(true);
  });

  it('says nothing it should not, whatever comes', () => {
    const scenes = [1, 2].map(drawnScene);
    const kinds = fc.constantFrom('one', 'two', 'black', 'white', 'noise');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(kinds, fc.integer({ min: -5_000, max: 300_000 }), fc.boolean()), { maxLength: 40 }),
        (steps) => {
          let gate: MotionGate = freshMotionGate;
          let atMs = 1_000_000;
          const next = chance(3);
          for (const [kind, step, anew] of steps) {
            atMs += step % 3 === 0 ? step : 1_000;
            const grey =
              kind === 'one' || kind === 'two'
                ? noisy(scenes[kind === 'one' ? 0 : 1]!, 2, next)
                : kind === 'noise'
                  ? Uint8Array.from({ length: 320 * 180 }, () => next() * 256)
                  : new Uint8Array(320 * 180).fill(kind === 'black' ? 0 : 255);
            const input = {
              atMs,
              grey,
              mask: everywhere,
              sensitivity: 0.5,
              minArea: 0.002,
              anew: anew && step % 5 === 0,
              second: step % 7 === 0,
            };
            const learnt = gate !== null && !input.anew && input.second ? structuredClone(gate) : null;
            const [after, result] = motionGate(gate, input);
            // A second look teaches nothing.
            if (learnt !== null && after!.sinceMs === learnt.sinceMs)
              expect([after!.usual, after!.background]).toEqual([learnt.usual, learnt.background]);
            gate = after;
            expect(result.cells).toHaveLength(cellCount);
            expect(result.is === 'motion').toBe(result.regions.length > 0);
            expect(result.cells.some((c) => c === 1)).toBe(result.is === 'motion');
            for (const { box, area } of result.regions) {
              expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0);
              expect(Math.max(box.x + box.width, box.y + box.height)).toBeLessThanOrEqual(1 + 1e-9);
              expect(area).toBeGreaterThan(0);
            }
            expect(gate!.background.every(Number.isFinite)).toBe(true);
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});
