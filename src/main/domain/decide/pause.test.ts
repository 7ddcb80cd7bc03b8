import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detection } from '../detection.ts';
import type { ObjectClass } from '../object-class.ts';
import type { Box } from '../place.ts';
import { WatchLine, WatchZone } from '../watch-zone.ts';
import { longestPauseMs, pauseOf } from './pause.ts';
import { freshScene, scene, type Scene, type SceneOutput } from './scene.ts';
import { freshTracking, track, tracksOf, type Tracking } from './track.ts';

const cameraId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const ids = ['01ARZ3NDEKTSV4RRFFQ69G5FA0', '01ARZ3NDEKTSV4RRFFQ69G5FA1', '01ARZ3NDEKTSV4RRFFQ69G5FA2'];
const yard = (triggers: object, more: object = {}): WatchZone =>
  WatchZone.parse({
    ...{ id: ids[0], cameraId, version: 1, kind: 'detect', name: 'yard' },
    points: [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
      { x: 0, y: 1 },
    ],
    triggers: { present: false, ...triggers },
    ...more,
  });
const line = (x: number, n: number, more: object = {}): WatchLine =>
  WatchLine.parse({ id: ids[n], cameraId, version: 1, name: 'door', a: { x, y: 1 }, b: { x, y: 0 }, ...more });
const one = (x: number, cls: ObjectClass = 'person', y = 0.45): Detection => ({
  ...{ class: cls, score: 0.8, box: { x: x - 0.03, y, width: 0.06, height: 0.25 } },
});
/** A picture at a time, s. `found` null: no detector looked, and `motion` is where the gate saw some; null: it could not say. */
type Look = { s: number; found: readonly Detection[] | null; motion?: readonly Box[] | null };
const everywhere: Box[] = [{ x: 0, y: 0, width: 1, height: 1 }];

function run(looks: readonly Look[], { zones = [], lines = [] }: { zones?: WatchZone[]; lines?: WatchLine[] } = {}) {
  let tracking: Tracking = freshTracking;
  let state: Scene = freshScene;
  const said: (SceneOutput & { s: number })[] = [];
  for (const { s, found: detections, motion = null } of looks) {
    const atMs = 1_000_000_000 + Math.round(s * 1_000);
    const [next, changes] = track(tracking, { atMs, aspect: 16 / 9, detections, minScore: 0.3, motion });
    tracking = next;
    const tracks = tracksOf(tracking);
    const [after, outputs] = scene(state, {
      ...{ atMs, detected: detections !== null, motion, tracks, changes },
      ...{ zones, lines },
    });
    state = after;
    said.push(...outputs.map((o) => ({ ...o, s })));
  }
  const begun = said.flatMap((o) => (o.is === 'begin' || o.is === 'moment' ? [o] : []));
  const secondsOf = (atMs: number): number => (atMs - 1_000_000_000) / 1_000;
  return {
    ...{ said, state },
    kinds: begun.map((o) => o.kind),
    at: begun.map((o) => secondsOf(o.is === 'begin' ? o.fromMs : o.atMs)),
    ends: said.flatMap((o) => (o.is === 'end' ? [secondsOf(o.atMs)] : [])),
    ids: new Set(begun.map((o) => o.trackId)),
  };
}
/** A look a second from one time to another, both included. */
const each = (from: number, to: number, found: (s: number) => readonly Detection[] | null): Look[] =>
  Array.from({ length: Math.max(0, Math.floor(to - from) + 1) }, (_, i) => ({ s: from + i, found: found(from + i) }));
/** As many looks at which the gate saw this and no detector was asked, or answered. */
const gate = (from: number, to: number, motion: readonly Box[] | null): Look[] =>
  each(from, to, () => null).map((look) => ({ ...look, motion }));
const nobody = each(-20, -1, () => []);

describe('a pause in which nobody looked', () => {
  it('is longer than what moves is waited for', () => {
    expect([pauseOf(0, longestPauseMs), pauseOf(0, longestPauseMs + 1), pauseOf(5, 0)]).toEqual([
      ...[0, longestPauseMs + 1, 0],
    ]);
  });

  it('does not count as time in a zone, however long and wherever it lies', () => {
    const before = fc.integer({ min: 2, max: 40 });
    const pause = fc.integer({ min: 13, max: 3_600 });
    const sees = fc.constantFrom<'nothing' | 'gate moves' | 'gate cannot say'>(
      'nothing',
      'gate moves',
      'gate cannot say',
    );
    fc.assert(
      fc.property(before, pause, before, sees, fc.integer({ min: 3, max: 60 }), (a, p, b, meanwhile, loitersS) => {
        const there = (): Detection[] => [one(0.5)];
        const blind =
          meanwhile === 'nothing' ? [] : gate(a + 1, a + p - 1, meanwhile === 'gate moves' ? everywhere : null);
        const { kinds, said } = run([...nobody, ...each(0, a, there), ...blind, ...each(a + p, a + p + b, there)], {
          zones: [yard({ loitersS })],
        });
        // Nobody was looked at for longer than on both sides of it together.
        if (loitersS > a + b) expect(kinds).toEqual([]);
        // And who was for long enough on one side is told.
        if (loitersS <= Math.max(a, b)) expect(kinds).toContain('loitering');
        // What began is told of times at which somebody looked.
        for (const o of said) if (o.is === 'begin') expect(o.s <= a || o.s >= a + p).toBe(true);
      }),
    );
  });

  it('counts where looks are close enough, by whomever', () => {
    const zones = [yard({ loitersS: 60 })];
    const there = (): Detection[] => [one(0.5)];
    const every = (seconds: number): Look[] =>
      Array.from({ length: 30 }, (_, i) => ({ s: i * seconds, found: there() }));
    expect(run([...nobody, ...every(12)], { zones }).kinds).toEqual(['loitering']);
    expect(run([...nobody, ...every(13)], { zones }).kinds).toEqual([]);
    // He stands, nothing moves, no detector is asked.
    expect(run([...nobody, ...each(0, 12, there), ...gate(13, 70, [])], { zones }).kinds).toEqual(['loitering']);
    // Something moves elsewhere, then where he stands: whether he does still is not known.
    const elsewhere = [{ x: 0, y: 0.8, width: 0.1, height: 0.1 }];
    expect(run([...nobody, ...each(0, 12, there), ...gate(13, 70, elsewhere)], { zones }).kinds).toEqual(['loitering']);
    expect(run([...nobody, ...each(0, 12, there), ...gate(13, 70, everywhere)], { zones }).kinds).toEqual([]);
  });

  it('ends what moved, and people, when it is longer than they may be lost; what stood goes on in its place alone', () => {
    const zones = [yard({ present: true }, { classes: ['person', 'car'] })];
    const walks = (s: number): Detection[] => [one(0.2 + (s % 300) * 0.03)];
    const stands = (cls: ObjectClass) => (): Detection[] => [one(0.5, cls)];
    const two = (looks: (s: number) => Detection[], pause: number) =>
      run([...nobody, ...each(0, 10, looks), ...each(10 + pause, 20 + pause, looks)], { zones });
    // Within it one who stood is one event, as one who was hidden.
    expect(two(stands('person'), 28).ids.size).toBe(1);
    expect([two(stands('person'), 300).ids.size, two(stands('person'), 300).ends]).toEqual([2, [10]]);
    expect([two(walks, 300).ids.size, two(walks, 300).ends[0]]).toEqual([2, 10]);
    expect([two(stands('car'), 3_000).ids.size, two(stands('car'), 3_000).ends]).toEqual([1, []]);
    // Another car, elsewhere: the first one was seen until the pause.
    const other = run([...nobody, ...each(0, 20, stands('car')), ...each(620, 700, () => [one(0.56, 'car')])], {
      zones,
    });
    expect([other.ids.size, other.ends]).toEqual([2, [20]]);
  });

  it('ends what no detector looks at any more while the gate sees something move', () => {
    const zones = [yard({ present: true })];
    const looks = [...nobody, ...each(0, 4, (s) => [one(0.2 + s * 0.05)]), ...gate(5, 60, everywhere)];
    expect(run(looks, { zones }).ends).toEqual([4]);
  });

  it('is no crossing of a line by who is on its other side then', () => {
    const lines = [line(0.5, 0, { countsIn: 'to-right' })];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 29 }), fc.double({ min: 0.02, max: 0.1, noNaN: true }), (pause, half) => {
        const looks = [
          ...nobody,
          ...each(0, 6, () => [one(0.5 - half)]),
          ...each(6 + pause, 12 + pause, () => [one(0.5 + half)]),
        ];
        const { kinds, state } = run(looks, { lines, zones: [yard({})] });
        const crossed = pause * 1_000 <= longestPauseMs;
        expect(kinds).toEqual(crossed ? ['line-crossed'] : []);
        expect(state.lines.counts).toHaveLength(crossed ? 1 : 0);
      }),
    );
    // Who went over the edge meanwhile, perhaps.
    const out = [...nobody, ...each(0, 5, (s) => [one(0.5 + s * 0.06)]), ...each(30, 40, () => [])];
    expect(run(out, { lines: [line(0.9, 0)], zones: [yard({})] }).kinds).toEqual([]);
  });

  it('gives no speed that was not measured', () => {
    const lines = [line(0.3, 0, { speed: { toLineId: ids[1], metres: 10, limitKmh: null } }), line(0.7, 1)];
    const drive = (stepS: number): (number | null | undefined)[] => {
      const looks = Array.from({ length: Math.ceil(10 / stepS) }, (_, i) => ({
        s: i * stepS,
        found: 0.05 + i * stepS * 0.1 < 0.97 ? [one(0.05 + i * stepS * 0.1, 'car')] : [],
      }));
      const { said } = run([...nobody, ...looks], { lines, zones: [yard({})] });
      return said.flatMap((o) => (o.is === 'moment' && o.lineId === ids[1] ? [o.detail?.kmh] : []));
    };
    // 10 m in 4 s.
    expect(drive(0.2)).toEqual([9]);
    expect(drive(1)).toEqual([9]);
    expect(drive(2)).toEqual([9]);
    // It may have stood on the way.
    expect(drive(4)).toEqual([null]);
  });

  it('is no time for which something stood', () => {
    const zones = [yard({ leftS: 60 }, { classes: ['bag'] })];
    const bag = (): Detection[] => [one(0.5, 'bag')];
    fc.assert(
      fc.property(
        fc.integer({ min: 12, max: 50 }),
        fc.integer({ min: 13, max: 2_000 }),
        fc.integer({ min: 0, max: 80 }),
        (a, p, b) => {
          const { kinds } = run([...nobody, ...each(0, a, bag), ...each(a + p, a + p + b, bag)], { zones });
          expect(kinds).toEqual(a + b >= 60 ? ['object-left'] : []);
        },
      ),
    );
    // Two looks far apart say nothing of whether it stood between them.
    const twice = run([...nobody, { s: 0, found: bag() }, { s: 20, found: bag() }], { zones });
    expect(twice.state.standing).toEqual([]);
  });

  it('is no time for which something was away, and what is missing after it is missing since then', () => {
    const zones = [yard({ takenS: 40 }, { classes: ['car'] })];
    const car = (): Detection[] => [one(0.5, 'car')];
    const looks = (pause: number, until: number): Look[] => [
      ...each(0, 40, car),
      ...each(40 + pause, 40 + pause + until, () => []),
    ];
    // Looked for in vain for half a minute, as without a pause, and for so long as the zone says.
    expect(run(looks(600, 60), { zones }).kinds).toEqual([]);
    const taken = run(looks(600, 90), { zones });
    expect(taken.kinds).toEqual(['object-taken']);
    expect(taken.at[0]).toBeGreaterThanOrEqual(640);
    // Away, and nobody looks whether it comes back.
    const gone = [...each(0, 40, car), ...each(41, 75, () => []), ...each(675, 676, () => [])];
    expect(run(gone, { zones }).kinds).toEqual([]);
    expect(run([...gone, ...each(677, 690, () => [])], { zones }).kinds).toEqual(['object-taken']);
    // What is there again afterwards was not taken.
    expect(run([...each(0, 40, car), ...each(640, 800, car)], { zones }).kinds).toEqual([]);
  });

  it('ends a crowd when it was seen last, and takes more than one look for another', () => {
    const zones = [yard({ crowd: 2 })];
    const three = (): Detection[] => [one(0.2), one(0.5), one(0.8)];
    const { said, at, ends } = run(
      [...nobody, ...each(0, 10, three), ...each(200, 210, three), ...each(211, 260, () => [])],
      { zones },
    );
    expect(said.map((o) => o.is)).toEqual(['begin', 'end', 'begin', 'end']);
    expect([at[0], ends[0]]).toEqual([1, 10]);
    expect(at[1]).toBeGreaterThanOrEqual(201);
    // One look, and the gate's that nothing moves: still one look.
    expect(run([...nobody, ...each(0, 0, three), ...gate(1, 5, [])], { zones }).kinds).toEqual([]);
  });

  it('before a detector looks for the first time: what is there then was there before', () => {
    const zones = [yard({ leftS: 10, enters: true }, { classes: ['car'] })];
    const car = (): Detection[] => [one(0.5, 'car')];
    expect(run([...gate(-600, -1, []), ...each(0, 60, car)], { zones }).kinds).toEqual([]);
    expect(run([...nobody, ...each(0, 60, car)], { zones }).kinds).toContain('object-left');
  });
});
