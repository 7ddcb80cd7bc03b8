/** One is not taken for another: posts that look like people, who passes them, who comes after somebody. Drawn boxes. */
import { describe, expect, it } from 'vitest';
import type { Detection } from '../detection.ts';
import type { Box } from '../place.ts';
import { freshTracking, track, tracksOf, type TrackOutput, type Tracking } from './track.ts';

type Look = { found: Detection[]; motion?: Box[] };

const person = (x: number, y: number, size: Partial<Box> = {}, score = 0.8): Detection => ({
  class: 'person',
  score,
  box: { x, y, width: 0.05, height: 0.2, ...size },
});
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
/** Found, and moving. */
const moving = (...found: Detection[]): Look => ({ found, motion: found.map((d) => d.box) });
const nothing: Look = { found: [], motion: [] };

/** One look a second, at a picture of 16 : 9. */
function run(looks: readonly Look[]) {
  let state: Tracking = freshTracking;
  const said: { look: number; output: TrackOutput }[] = [];
  const after: ReturnType<typeof tracksOf>[] = [];
  looks.forEach(({ found, motion }, look) => {
    const atMs = 1_000_000 + look * 1_000;
    const input = { atMs, aspect: 16 / 9, minScore: 0.3, detections: found, motion: motion ?? null };
    const [next, outputs] = track(state, input);
    state = next;
    for (const output of outputs) said.push({ look, output });
    after.push(tracksOf(state));
  });
  const begun = said.flatMap(({ output }) => (output.is === 'began' ? [output.track] : []));
  const ended = said.flatMap(({ look, output }) =>
    output.is === 'ended' ? [{ look, id: output.track.id, why: output.why }] : [],
  );
  return { begun, ended, after };
}

describe('a post that looks like somebody', () => {
  const post = person(0.62, 0.42, { width: 0.04, height: 0.16 }, 0.4);

  it('is not who passes it and is lost behind it', () => {
    const walk = (n: number): Look[] =>
      times(n, (i) => {
        const walker = person(0.1 + i * 0.07, 0.4);
        return { found: [walker, post], motion: [walker.box] };
      });
    // The walker goes behind something a step before the post, and is not seen again.
    const { begun, after } = run([...walk(7), ...times(4, () => ({ found: [post], motion: [] }))]);
    expect(begun).toHaveLength(1);
    for (const tracks of after) expect(tracks.filter((t) => t.box.x === post.box.x)).toEqual([]);
  });

  it('is not who passes it with a score that trembles below what begins a track', () => {
    const weak = { ...post, score: 0.2 };
    const walker = (i: number): Detection => person(0.1 + i * 0.08, 0.4);
    const looks = [
      ...times(4, () => ({ found: [weak], motion: [] })),
      ...times(6, (i) => ({ found: [walker(i), weak], motion: [walker(i).box] })),
      ...times(4, () => ({ found: [weak], motion: [] })),
    ];
    const { begun, after } = run(looks);
    expect(begun).toHaveLength(1);
    for (const tracks of after) expect(tracks.filter((t) => t.box.x === weak.box.x)).toEqual([]);
  });

  it('is nobody, however many pass before it', () => {
    const pass = times(12, (i) => {
      const walker = person(0.03 + i * 0.075, 0.4);
      const found = i === 8 ? [walker] : [walker, post];
      // The gate sees in cells: more moves than the walker's box.
      const around = { ...walker.box, x: Math.max(0, walker.box.x - 0.05), width: 0.15 };
      return { found, motion: [around] };
    });
    const calm = times(5, () => ({ found: [post], motion: [] }));
    const { begun } = run([...calm, ...pass, ...calm, ...pass, ...calm, ...pass, ...calm]);
    expect(begun.map((t) => t.box.x === post.box.x)).toEqual([false, false, false]);
  });

  it('lets who stands before it for a moment keep the number', () => {
    const walker = (i: number): Detection => person(0.2 + i * 0.105, 0.41, { width: 0.04, height: 0.17 });
    const calm = times(4, () => ({ found: [post], motion: [] }));
    // In the fifth look both are one box, as large as the post.
    const pass = times(7, (i) => ({ found: i === 4 ? [walker(i)] : [walker(i), post], motion: [walker(i).box] }));
    const { begun, after } = run([...calm, ...pass]);
    expect(begun).toHaveLength(1);
    expect(after.at(-1)![0]!.box).toEqual(walker(6).box);
  });
});

describe('somebody who is lost', () => {
  it('is not what is found weakly somewhere else', () => {
    const looks = [
      ...times(6, (i) => moving(person(0.1 + i * 0.05, 0.4))),
      nothing,
      ...times(4, () => ({ found: [person(0.42, 0.5, { width: 0.04, height: 0.07 }, 0.18)], motion: [] })),
    ];
    const { after } = run(looks);
    expect(after.at(-1)!.map((t) => t.box.y)).toEqual([0.4]);
  });

  it('but stood, is waited for no longer than who walked, if something moved where he was', () => {
    const stands = person(0.5, 0.3, { width: 0.1, height: 0.5 });
    const stood = times(12, () => moving(stands));
    const goes = { found: [], motion: [stands.box] };
    const empty = times(30, () => nothing);
    expect(run([...stood, goes, ...empty]).ended).toEqual([{ look: 23, id: 1, why: 'lost' }]);
    // Where nothing moved he is believed to be there still.
    expect(run([...stood, nothing, ...empty]).ended).toEqual([{ look: 41, id: 1, why: 'gone' }]);
  });

  it('is gone when another stands where he stood', () => {
    const stands = person(0.5, 0.3, { width: 0.1, height: 0.5 });
    const other = (x: number): Look => moving(person(x, 0.3, { width: 0.1, height: 0.5 }));
    const looks = [
      ...times(12, () => moving(stands)),
      // He is not found any more although nothing moved; another comes, and stands there.
      ...times(3, () => nothing),
      ...times(5, (i) => other(0.05 + i * 0.11)),
      ...times(6, () => other(0.49)),
    ];
    const { begun, after } = run(looks);
    expect(begun).toHaveLength(2);
    expect(after.at(-1)).toHaveLength(1);
  });

  it('in the middle is not who comes in over the edge after him', () => {
    const large = { width: 0.2, height: 0.85 };
    const first = [
      ...times(12, () => moving(person(0.5, 0.04, large))),
      { found: [], motion: [person(0.55, 0.04, large).box] },
      ...times(3, () => nothing),
    ];
    const next = times(8, (i) =>
      moving(i === 0 ? person(0.41, 0.21, { width: 0.2, height: 0.79 }) : person(0.5, 0.04, large)),
    );
    const { begun, ended } = run([...first, ...next]);
    expect(begun).toHaveLength(2);
    expect(ended.map((e) => e.id)).toEqual([1]);
  });
});

it('one who comes in and is found twice in one look is one', () => {
  const large = { width: 0.15, height: 0.9 };
  const looks = [
    moving(person(0.23, 0.39, { width: 0.29, height: 0.6 })),
    // Before and behind: they share a third of their union.
    moving(person(0.39, 0.05, large, 0.85), person(0.465, 0.07, large, 0.65)),
    ...times(8, () => moving(person(0.46, 0.03, { width: 0.19, height: 0.86 }))),
  ];
  expect(run(looks).begun).toHaveLength(1);
});

it('one who comes where another was a look before is told at once, not taken for a part of the other', () => {
  const looks = [
    ...times(3, (i) => moving(person(0.74 - i * 0.12, 0.4))),
    moving(person(0.38, 0.4), person(0.62, 0.45, {}, 0.55)),
    moving(person(0.26, 0.4), person(0.385, 0.45, {}, 0.9)),
  ];
  expect(run(looks).after.map((tracks) => tracks.length)).toEqual([1, 1, 1, 1, 2]);
});

it('two who come side by side and overlap are two', () => {
  const large = { width: 0.15, height: 0.8 };
  const looks = times(8, (i) => moving(person(0.1 + i * 0.05, 0.1, large), person(0.185 + i * 0.05, 0.12, large)));
  expect(run(looks).begun).toHaveLength(2);
});
