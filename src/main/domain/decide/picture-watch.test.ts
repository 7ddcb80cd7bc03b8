import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshPictureWatch, learnedMs, pictureWatch, type PictureOutput, type PictureWatch } from './picture-watch.ts';
import { greyHeight, greyWidth } from '../grey-size.ts';

const everyMs = 4_000;
/** A scene of boxes, the same for the same seed, with noise that is another each time. */
function scene(seed: number, noise: number, dim = 1): Uint8Array {
  let state = seed * 2_654_435_761;
  const next = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const out = new Float32Array(greyWidth * greyHeight).fill(90);
  for (let n = 0; n < 120; n += 1) {
    const [x, y, w, h, level] = [next() * 310, next() * 170, 6 + next() * 40, 6 + next() * 30, next() * 240];
    for (let j = Math.floor(y); j < Math.min(greyHeight, y + h); j += 1)
      out.fill(level, j * greyWidth + Math.floor(x), j * greyWidth + Math.floor(Math.min(greyWidth, x + w)));
  }
  state = noise * 40_503 + 1;
  return Uint8Array.from(out, (v) => Math.max(0, Math.min(255, v * dim + (next() - 0.5) * 8)));
}
type Rectangle = { x: number; y: number; width: number; height: number; level: number };
/** Rectangles on a ground, with noise that is another each time. */
function drawn(ground: number, rectangles: readonly Rectangle[], noise: number): Uint8Array {
  const out = new Float32Array(greyWidth * greyHeight).fill(ground);
  for (const { x, y, width, height, level } of rectangles)
    for (let j = y; j < y + height; j += 1) out.fill(level, j * greyWidth + x, j * greyWidth + x + width);
  return grain(out, noise);
}
/** With noise that is another each time. */
function grain(levels: Float32Array | Uint8Array, noise: number): Uint8Array {
  let state = noise * 40_503 + 1;
  return Uint8Array.from(levels, (v) => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return Math.max(0, Math.min(255, v + (state / 2 ** 32 - 0.5) * 6));
  });
}
/** Each pixel the mean of those as near as `reach`, across and then down. */
function soft(grey: Uint8Array, reach: number): Uint8Array {
  const along = (from: Uint8Array, step: number, length: number): Uint8Array =>
    from.map((_, i) => {
      const at = Math.floor(i / step) % length;
      const [first, last] = [Math.max(0, at - reach), Math.min(length - 1, at + reach)];
      let sum = 0;
      for (let k = first; k <= last; k += 1) sum += from[i + (k - at) * step] ?? 0;
      return sum / (last - first + 1);
    });
  return along(along(grey, 1, greyWidth), greyWidth, greyHeight);
}
/** A white yard with a fence, and with what else stands there. */
const fence: readonly Rectangle[] = Array.from({ length: 40 }, (_, i) => ({
  ...{ x: i * 8, y: 40, width: 3, height: 12, level: 110 },
}));
const car: Rectangle = { x: 130, y: 110, width: 80, height: 40, level: 60 };
const yard = (i: number, things: readonly Rectangle[] = []): Uint8Array => drawn(225, [...fence, ...things], i);

function run(pictures: { grey: Uint8Array; anew?: boolean }[]): { said: PictureOutput[]; state: PictureWatch } {
  let state = freshPictureWatch;
  const said: PictureOutput[] = [];
  pictures.forEach(({ grey, anew = false }, i) => {
    const [next, outputs] = pictureWatch(state, { atMs: 1_000_000 + i * everyMs, grey, anew });
    state = next;
    said.push(...outputs);
  });
  return { said, state };
}
const times = (n: number, picture: (i: number) => Uint8Array, anew = false) =>
  Array.from({ length: n }, (_, i) => ({ grey: picture(i), anew }));
const words = (said: PictureOutput[]): string[] => said.map((s) => `${s.matter} ${s.is}`);

describe('pictures of a camera', () => {
  it('raise nothing while the scene is itself, in dim and in hard light', () => {
    const { said } = run([
      ...times(10, (i) => scene(1, i)),
      ...times(10, (i) => scene(1, i, 0.5)),
      ...times(10, (i) => scene(1, i, 1.1)),
    ]);
    expect(words(said)).toEqual([]);
  });

  it('are frozen when the same comes again and again, though a clock runs on at the edge', () => {
    const still = scene(1, 7);
    const { said } = run([
      ...times(5, (i) => scene(1, i)),
      ...times(8, (i) => still.map((v, at) => (at < 12 * greyWidth ? (i * 37 + at) % 256 : v))),
      ...times(3, (i) => scene(1, 20 + i)),
    ]);
    expect(words(said)).toEqual(['picture-frozen begin', 'picture-frozen end']);
  });

  it('are too dark, covered, moved; each ends when the scene is back', () => {
    const good = () => times(6, (i) => scene(1, i));
    const black = times(6, (i) => scene(1, i, 0.08));
    const hand = times(6, (i) => scene(1, i).map((_, at) => 70 + ((at * 7 + i * 13) % 3)));
    const turned = times(6, (i) => scene(2, i));
    expect(words(run([...good(), ...black, ...good()]).said)).toEqual(['picture-dark begin', 'picture-dark end']);
    expect(words(run([...good(), ...hand, ...good()]).said)).toEqual(['picture-covered begin', 'picture-covered end']);
    expect(words(run([...good(), ...turned, ...good()]).said)).toEqual(['picture-moved begin', 'picture-moved end']);
  });

  it('raise nothing where the only thing on a plain ground drives off, and comes back', () => {
    const block = { x: 135, y: 100, width: 40, height: 25, level: 75 };
    const stands = () => times(12, (i) => drawn(192, [block], i));
    const gone = () => times(10, (i) => drawn(192, [], i));
    expect(words(run([...stands(), ...gone(), ...stands(), ...gone()]).said)).toEqual([]);
    const parked = (i: number): Uint8Array => yard(i, [car]);
    expect(words(run([...times(12, parked), ...times(10, yard), ...times(12, parked)]).said)).toEqual([]);
    // The camera's exposure follows what is gone.
    const exposed = times(10, (i) => drawn(192 * 0.94, [], i));
    expect(words(run([...stands(), ...exposed]).said)).toEqual([]);
  });

  it('of a plain scene are covered by what lies on the lens, and moved where it shows another place', () => {
    const good = () => times(12, (i) => yard(i, [car]));
    const cloth = times(6, (i) => drawn(120, [], i));
    expect(words(run([...good(), ...cloth, ...good()]).said)).toEqual(['picture-covered begin', 'picture-covered end']);
    const turned = times(6, (i) => scene(2, i));
    expect(words(run([...good(), ...turned, ...good()]).said)).toEqual(['picture-moved begin', 'picture-moved end']);
  });

  it('are neither covered nor moved when out of focus, and covered when smeared', () => {
    const good = () => times(6, (i) => scene(1, i));
    const blurred = times(8, (i) => grain(soft(scene(1, i), 7), i));
    expect(words(run([...good(), ...blurred, ...good()]).said)).toEqual([]);
    const smeared = times(8, (i) => grain(soft(scene(1, i), 24), i));
    expect(words(run([...good(), ...smeared, ...good()]).said)).toEqual([
      'picture-covered begin',
      'picture-covered end',
    ]);
  });

  it('are not said to have moved when somebody steered, and a lasting scene is learned in the end', () => {
    const steered = run([
      ...times(6, (i) => scene(1, i)),
      ...times(4, (i) => scene(2, i), true),
      ...times(9, (i) => scene(2, i)),
    ]);
    expect(words(steered.said)).toEqual([]);
    const long = Math.ceil(learnedMs / everyMs) + 8;
    const { said } = run([...times(6, (i) => scene(1, i)), ...times(long, (i) => scene(2, i))]);
    expect(said.map((s) => [s.matter, s.is, s.is === 'end' && s.learned])).toEqual([
      ['picture-moved', 'begin', false],
      ['picture-moved', 'end', true],
    ]);
  });

  it('begin and end in turn, whatever comes', () => {
    const kinds = fc.constantFrom('one', 'two', 'dark', 'flat', 'again');
    fc.assert(
      fc.property(fc.array(fc.tuple(kinds, fc.boolean()), { maxLength: 40 }), (steps) => {
        let last = scene(1, 0);
        const { said, state } = run(
          steps.map(([kind, anew], i) => {
            const grey =
              kind === 'one'
                ? scene(1, i)
                : kind === 'two'
                  ? scene(2, i)
                  : kind === 'dark'
                    ? scene(1, i, 0.05)
                    : kind === 'flat'
                      ? new Uint8Array(greyWidth * greyHeight).fill(80)
                      : last;
            last = grey;
            return { grey, anew: anew && i % 5 === 0 };
          }),
        );
        for (const matter of Object.keys(state.alarms) as (keyof typeof state.alarms)[]) {
          const mine = said.filter((s) => s.matter === matter);
          mine.forEach((s, i) => expect(s.is).toBe(i % 2 === 0 ? 'begin' : 'end'));
          expect(state.alarms[matter].open).toBe(mine.length % 2 === 1);
        }
      }),
      { numRuns: 15 },
    );
  });
});
