import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detection } from '../detection.ts';
import type { ObjectClass } from '../object-class.ts';
import { WatchLine, WatchZone } from '../watch-zone.ts';
import { freshScene, scene, type Scene, type SceneOutput } from './scene.ts';
import { freshTracking, track, tracksOf, type Tracking } from './track.ts';

const cameraId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const ids = ['01ARZ3NDEKTSV4RRFFQ69G5FA0', '01ARZ3NDEKTSV4RRFFQ69G5FA1', '01ARZ3NDEKTSV4RRFFQ69G5FA2'];
const zone = (x0: number, y0: number, x1: number, y1: number, more: object = {}, n = 0): WatchZone =>
  WatchZone.parse({
    ...{ id: ids[n], cameraId, version: 1, kind: 'detect', name: 'yard' },
    points: [
      { x: x0, y: y0 },
      { x: x1, y: y0 },
      { x: x1, y: y1 },
      { x: x0, y: y1 },
    ],
    ...more,
  });
const line = (more: object = {}, n = 0, x = 0.5): WatchLine =>
  WatchLine.parse({ id: ids[n], cameraId, version: 1, name: 'door', a: { x, y: 1 }, b: { x, y: 0 }, ...more });
const one = (x: number, foot = 0.7, cls: ObjectClass = 'person', score = 0.8): Detection => ({
  class: cls,
  score,
  box: { x: Math.max(0, x - 0.03), y: foot - 0.25, width: Math.min(1, x + 0.03) - Math.max(0, x - 0.03), height: 0.25 },
});

function run(
  looks: (readonly Detection[] | null)[],
  { zones = [], lines = [], stepMs = 1_000 }: { zones?: WatchZone[]; lines?: WatchLine[]; stepMs?: number } = {},
) {
  let tracking: Tracking = freshTracking;
  let state: Scene = freshScene;
  const said: SceneOutput[] = [];
  looks.forEach((detections, i) => {
    const atMs = 1_000_000 + i * stepMs;
    // Where no detector looks nothing moves.
    const [detected, motion] = detections === null ? [false, []] : [true, null];
    const [next, changes] = track(tracking, { atMs, aspect: 16 / 9, detections, minScore: 0.3, motion });
    tracking = next;
    const seen = { atMs, detected, motion, tracks: tracksOf(tracking), changes };
    const [after, outputs] = scene(state, { ...seen, zones, lines });
    state = after;
    said.push(...outputs);
  });
  return { said, state, kinds: said.flatMap((s) => (s.is === 'begin' || s.is === 'moment' ? [s.kind] : [])) };
}
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const none = times(40, (): Detection[] => []);
const triggers = (more: object): object => ({ triggers: { present: false, ...more } });

describe('what is told of a scene', () => {
  it('is one event from the coming to the going of each, without any zone', () => {
    const { said } = run([...none, ...times(12, (i) => [one(0.05 + i * 0.08)]), ...none]);
    const begun = said.filter((s) => s.is === 'begin');
    expect(begun).toMatchObject([{ kind: 'object', zoneId: null, class: 'person', trackId: 1 }]);
    const ended = said.filter((s) => s.is === 'end');
    expect(ended).toHaveLength(1);
    expect(ended[0]!.atMs - begun[0]!.fromMs).toBeGreaterThanOrEqual(10_000);
  });

  it('is entering and leaving a zone, each once for each time, and nothing of whom it does not count', () => {
    const yard = zone(0.4, 0.4, 0.7, 1, { triggers: { enters: true, leaves: true } });
    const through = times(14, (i) => [one(0.1 + i * 0.06)]);
    const { kinds, said } = run([...none.slice(0, 8), ...through], { zones: [yard] });
    expect(kinds).toEqual(['zone-entered', 'object', 'zone-left']);
    expect(said.filter((s) => s.is === 'end')).toHaveLength(1);
    for (const more of [{ classes: ['car'] }, { minScore: 0.9 }, { minHeight: 0.3 }, { maxHeight: 0.2 }])
      expect(run(through, { zones: [{ ...yard, ...more } as WatchZone] }).said).toEqual([]);
    expect(run(through, { zones: [yard, zone(0, 0, 1, 1, { kind: 'ignore' }, 1)] }).said).toEqual([]);
    expect(
      run(
        through.map(([p]) => [{ ...p!, class: 'bird' as const }]),
        { zones: [yard] },
      ).said,
    ).toEqual([]);
  });

  it('is nothing of what stands where that is ignored, and all of who walks through or drives away', () => {
    const here = zone(0.3, 0.3, 0.8, 1, { kind: 'ignore', ignores: 'standing' });
    const car = (i: number): Detection => one(0.5 + 0.004 * (i % 3), 0.7, 'car');
    const parked = times(60, (i) => [car(i)]);
    expect(run(parked, { zones: [here] }).said).toEqual([]);
    expect(run(parked).kinds).toEqual(['object']);
    const passes = run(
      times(60, (i) => (i < 30 || i > 42 ? [car(i)] : [car(i), one(0.05 + (i - 30) * 0.075, 0.75)])),
      { zones: [here] },
    );
    expect(passes.said.filter((s) => s.is === 'begin')).toMatchObject([{ kind: 'object', class: 'person' }]);
    expect(passes.said.filter((s) => s.is === 'end')).toHaveLength(1);
    // Within the place from the first look to the last.
    const inside = run(
      times(9, (i) => [one(0.35 + i * 0.05)]),
      { zones: [here] },
    );
    expect(inside.kinds).toEqual(['object']);
    const away = run([...parked, ...times(8, (i) => [one(0.5 + i * 0.06, 0.7, 'car')])], { zones: [here] });
    expect(away.kinds).toEqual(['object']);
    // Nor is it one of a crowd, loiters, or was left there.
    const yard = zone(0, 0, 1, 1, { triggers: { present: true, crowd: 1, loitersS: 10, leftS: 10 } }, 1);
    expect(run([...none.slice(0, 8), ...parked], { zones: [yard, here] }).said).toEqual([]);
    // A private place stays one.
    const shut = zone(0.3, 0.3, 0.8, 1, { kind: 'privacy', ignores: 'standing' });
    expect(
      run(
        times(9, (i) => [one(0.35 + i * 0.05)]),
        { zones: [shut] },
      ).said,
    ).toEqual([]);
  });

  it('is no coming and going of a box that trembles on the edge of a zone', () => {
    const yard = zone(0.5, 0, 1, 1, { triggers: { enters: true, leaves: true } });
    const { kinds } = run(
      times(40, (i) => [one(0.505 + 0.01 * (i % 2 === 0 ? 1 : -1))]),
      { zones: [yard] },
    );
    expect(kinds.filter((k) => k === 'zone-left')).toEqual([]);
  });

  it('is loitering when somebody stays, looked at or believed to stand there', () => {
    const yard = zone(0.4, 0.4, 0.7, 1, triggers({ loitersS: 20 }));
    const come = times(6, (i) => [one(0.2 + i * 0.05)]);
    expect(run([...come, ...times(15, () => [one(0.5)]), ...none], { zones: [yard] }).said).toEqual([]);
    const stays = run([...come, ...times(12, () => [one(0.5)]), ...times(15, () => null), ...none], { zones: [yard] });
    expect(stays.said.map((s) => s.is)).toEqual(['begin', 'end']);
    expect(stays.kinds).toEqual(['loitering']);
  });

  it('is a crowd while there are more than so many', () => {
    const yard = zone(0, 0, 1, 1, triggers({ crowd: 2 }));
    const two = [one(0.2), one(0.5)];
    const { said } = run([...times(5, () => two), ...times(5, () => [...two, one(0.8)]), ...times(30, () => two)], {
      zones: [yard],
    });
    expect(said.map((s) => s.is)).toEqual(['begin', 'end']);
  });

  it('is what was left and what was taken, but not what was there all the time or came back', () => {
    const yard = zone(0, 0, 1, 1, { ...triggers({ leftS: 30, takenS: 20 }), classes: ['car'] });
    const parked = times(80, () => [one(0.5, 0.7, 'car')]);
    expect(run(parked, { zones: [yard] }).kinds).toEqual([]);
    const arrives = [...none, ...times(5, (i) => [one(0.1 + i * 0.08, 0.7, 'car')])];
    expect(run([...arrives, ...parked], { zones: [yard] }).kinds).toEqual(['object-left']);
    expect(run([...arrives, ...parked, ...none, ...none], { zones: [yard] }).kinds).toEqual([
      'object-left',
      'object-taken',
    ]);
    expect(run([...parked, ...none.slice(0, 15), ...parked], { zones: [yard] }).kinds).toEqual([]);
  });

  it('is crossing a line, the way it was, counted, once', () => {
    // From its lower to its upper end: what goes to greater x goes to the right.
    const door = line({ countsIn: 'to-right' });
    const there = times(10, (i) => [one(0.2 + i * 0.06)]);
    const back = times(10, (i) => [one(0.74 - i * 0.06)]);
    const { said, state } = run([...there, ...back], { lines: [door] });
    expect(said.filter((s) => s.is === 'moment').map((s) => s.detail)).toMatchObject([
      { direction: 'to-right', counted: 'in', in: 1, out: 0 },
      { direction: 'to-left', counted: 'out', in: 1, out: 1 },
    ]);
    expect(state.lines.counts).toMatchObject([{ in: 1, out: 1 }]);
    // A line that is not told, or whose schedule does not hold for a while, keeps its count.
    const quiet = { ...door, tells: 'none' as const };
    const [rests] = scene(run(there, { lines: [quiet] }).state, {
      ...{ atMs: 1_800_000_100_000, detected: true, motion: null, tracks: [], changes: [], zones: [], lines: [] },
    });
    expect(rests.lines.counts).toMatchObject([{ in: 1, out: 0 }]);
    expect(run([...there, ...back], { lines: [line({ tells: 'to-left' })] }).kinds).toEqual(['object', 'line-crossed']);
    expect(run(there, { lines: [line({ wrongWay: 'to-right' })] }).kinds).toEqual(['object', 'wrong-way']);
    const trembles = [
      ...times(6, (i) => [one(0.2 + i * 0.06)]),
      ...times(30, (i) => [one(0.5 + 0.004 * (i % 2 === 0 ? 1 : -1))]),
    ];
    expect(run(trembles, { lines: [door] }).kinds.filter((k) => k === 'line-crossed').length).toBeLessThanOrEqual(1);
  });

  it('is crossing a line near the edge by who is not seen beyond it', () => {
    const out = [...times(10, (i) => [one(0.4 + i * 0.06)]), [], [], []];
    expect(run(out, { lines: [line({}, 0, 0.97)] }).kinds).toContain('line-crossed');
  });

  it('is the speed between two lines', () => {
    const first = line({ speed: { toLineId: ids[1], metres: 10, limitKmh: 30 } }, 0, 0.3);
    const second = line({}, 1, 0.7);
    // 0.4 of the picture at 0.2 a second: 10 m in 2 s, 18 km/h; at 0.5 a second 45 km/h.
    const drive = (speed: number) => times(Math.ceil(4.5 / speed), (i) => [one(0.05 + i * speed * 0.2, 0.7, 'car')]);
    const slow = run(drive(0.2), { lines: [first, second], stepMs: 200 });
    expect(slow.kinds.filter((k) => k === 'speeding')).toEqual([]);
    const kmh = slow.said.flatMap((s) => (s.is === 'moment' && s.lineId === ids[1] ? [s.detail?.kmh] : []));
    expect(kmh[0]).toBeGreaterThan(16);
    expect(kmh[0]).toBeLessThan(20);
    expect(run(drive(0.5), { lines: [first, second], stepMs: 200 }).kinds).toContain('speeding');
  });

  it('begins and ends in turn for each key, and ends what has no object or zone any more, whatever comes', () => {
    const yard = zone(0.3, 0, 0.8, 1, {
      triggers: { enters: true, leaves: true, loitersS: 3, crowd: 1, leftS: 10, takenS: 10 },
    });
    const look = fc.option(
      fc.array(
        fc
          .tuple(fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.constantFrom<ObjectClass>('person', 'car'))
          .map(([x, c]) => one(x, 0.7, c)),
        { maxLength: 4 },
      ),
    );
    fc.assert(
      fc.property(fc.array(look, { maxLength: 50 }), (looks) => {
        const { said, state } = run([...looks, ...none, ...none], { zones: [yard], lines: [line()] });
        const open = new Set<string>();
        for (const s of said) {
          if (s.is === 'begin') {
            expect(open.has(s.key)).toBe(false);
            open.add(s.key);
          } else if (s.is === 'end') expect(open.delete(s.key)).toBe(true);
          else if (s.is === 'update') expect(open.has(s.key)).toBe(true);
        }
        expect([...open]).toEqual(state.open.map((o) => o.key));
        expect(state.open).toEqual([]);
        const [, ends] = scene(run(looks, { zones: [yard] }).state, {
          ...{ atMs: 9_000_000, detected: true, motion: null },
          ...{ tracks: [], changes: [], zones: [], lines: [] },
        });
        expect(ends.every((s) => s.is === 'end')).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
