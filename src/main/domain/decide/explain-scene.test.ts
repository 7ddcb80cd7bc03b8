import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detection } from '../detection.ts';
import { EventWhy, mostWhyLooks, type ObjectWhy } from '../event-why.ts';
import { cellCount } from '../motion-cells.ts';
import { WatchLine, WatchZone } from '../watch-zone.ts';
import { explainScene } from './explain-scene.ts';
import { freshScene, scene, type SceneKind } from './scene.ts';
import { noHistory, remember } from './track-history.ts';
import { freshTracking, track, tracksOf } from './track.ts';

const cameraId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const zone = (triggers: object, more: object = {}): WatchZone =>
  WatchZone.parse({
    ...{ id: '01ARZ3NDEKTSV4RRFFQ69G5FA0', cameraId, version: 1, kind: 'detect', name: 'Yard' },
    points: [
      { x: 0.3, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
      { x: 0.3, y: 1 },
    ],
    triggers: { present: false, ...triggers },
    ...more,
  });
const door = WatchLine.parse({
  ...{ id: '01ARZ3NDEKTSV4RRFFQ69G5FA1', cameraId, version: 1, name: 'Door', a: { x: 0.5, y: 1 }, b: { x: 0.5, y: 0 } },
});
const one = (x: number, score = 0.8, cls: Detection['class'] = 'person'): Detection => ({
  ...{ class: cls, score, box: { x: x - 0.03, y: 0.45, width: 0.06, height: 0.25 } },
});
/** Each event of a run with why it was told. */
function told(looks: (readonly Detection[])[], places: { zones?: WatchZone[]; lines?: WatchLine[] }, motion = true) {
  let [tracking, state, history] = [freshTracking, freshScene, noHistory];
  const all: { kind: SceneKind; why: ObjectWhy }[] = [];
  const [zones, lines] = [places.zones ?? [], places.lines ?? []];
  looks.forEach((detections, i) => {
    const atMs = 1_000_000 + i * 1_000;
    const cells = motion ? new Uint8Array(cellCount).fill(1) : null;
    const [after, changes] = track(tracking, { atMs, aspect: 16 / 9, detections, minScore: 0.3, motion: null });
    history = remember(history, { before: tracking, after, atMs, cells });
    tracking = after;
    const tracks = tracksOf(tracking);
    const [next, outputs] = scene(state, {
      ...{ atMs, detected: true, motion: null, tracks, changes },
      ...{ zones, lines },
    });
    state = next;
    for (const output of outputs)
      if (output.is === 'begin' || output.is === 'moment')
        all.push({
          kind: output.kind,
          why: explainScene(output, { atMs, scene: state, tracks, history, zones, lines, modelScore: 0.3 }),
        });
  });
  return all;
}
const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const nobody = times(8, (): Detection[] => []);

describe('why something of a scene is told', () => {
  it('says what made it an object: its pictures, how sure each was, and what moved in it', () => {
    const [event] = told([...nobody, [one(0.4, 0.45)], [one(0.5, 0.4)]], { zones: [zone({ present: true })] });
    expect(event?.kind).toBe('object');
    expect(event?.why.confirmed).toMatchObject({ by: 'moved', looks: 2 });
    expect(event?.why.confirmed?.score).toBeCloseTo(0.425);
    expect(event?.why.looks.map((l) => [Math.round(l.score * 100), l.moved?.cells === l.moved?.of, l.not])).toEqual([
      [45, true, []],
      [40, true, []],
    ]);
    const [sure] = told([...nobody, [one(0.4)]], { zones: [zone({ present: true })] }, false);
    expect([sure?.why.confirmed?.by, sure?.why.looks[0]?.moved]).toEqual(['sure', null]);
  });

  it('says in which pictures it did not count, and why', () => {
    const places = { zones: [zone({ enters: true }, { minScore: 0.7, minHeight: 0.2 })] };
    const walk = [one(0.1), one(0.2), one(0.35, 0.75), one(0.45)].map((d) => [d]);
    const [event] = told([...nobody, ...walk], places);
    expect(event?.kind).toBe('zone-entered');
    expect(event?.why.looks.map((l) => l.not)).toEqual([['outside'], ['outside'], []]);
    expect(event?.why.place).toMatchObject({ zone: 'Yard', line: null, minScore: 0.7, minHeight: 0.2 });
    // Not sure enough for the place until its best picture came.
    const unsure = [one(0.4, 0.65), one(0.45, 0.66), one(0.5, 0.9)].map((d) => [d]);
    const [later] = told([...nobody, ...unsure], { zones: [zone({ present: true }, { minScore: 0.7 })] });
    expect(later?.why.looks.map((l) => l.not)).toEqual([['score'], ['score'], []]);
  });

  it('says how long it had to be so and was, how many were there, and since when something stood', () => {
    const [loiters] = told([...nobody, ...times(12, () => [one(0.5)])], { zones: [zone({ loitersS: 5 })] });
    expect([loiters?.kind, loiters?.why.time]).toEqual(['loitering', { neededMs: 5_000, reachedMs: 5_000 }]);
    const [crowd] = told([...nobody, ...times(4, () => [one(0.4), one(0.6), one(0.8)])], {
      zones: [zone({ crowd: 2 })],
    });
    expect([crowd?.kind, crowd?.why.crowd, crowd?.why.looks]).toEqual(['crowd', { present: 3, limit: 2 }, []]);
    const bag = one(0.5, 0.8, 'bag');
    const [left] = told([...nobody, ...times(40, () => [bag])], { zones: [zone({ leftS: 20 }, { classes: ['bag'] })] });
    expect([left?.kind, left?.why.state, left?.why.time.neededMs]).toEqual(['object-left', 'still', 20_000]);
    expect(left?.why.time.reachedMs).toBeGreaterThanOrEqual(20_000);
    expect(left?.why.stood).toEqual({ sinceMs: 1_008_000, awayMs: null });
  });

  it('of a line tells the line and what counts at it', () => {
    const [crossed] = told([...nobody, ...times(9, (i) => [one(0.2 + i * 0.08)])], {
      lines: [door],
      zones: [zone({})],
    });
    expect([crossed?.kind, crossed?.why.place.line, crossed?.why.place.zone]).toEqual(['line-crossed', 'Door', null]);
    expect(crossed?.why.looks.every((l) => l.not.length === 0)).toBe(true);
  });

  it('is always of a bounded size, and what the index takes', () => {
    const detection = fc.record({
      class: fc.constantFrom('person', 'car', 'bag', 'plate'),
      score: fc.double({ min: 0.1, max: 1, noNaN: true }),
      x: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(fc.array(detection, { maxLength: 4 }), { maxLength: 40 }), (looks) => {
        const places = {
          zones: [zone({ present: true, enters: true, loitersS: 3, crowd: 1, leftS: 5, takenS: 5 })],
          lines: [door],
        };
        for (const { why } of told(
          looks.map((l) => l.map((d) => one(d.x, d.score, d.class as Detection['class']))),
          places,
        )) {
          expect(EventWhy.parse(JSON.parse(JSON.stringify(why)))).toEqual(why);
          expect(why.looks.length).toBeLessThanOrEqual(mostWhyLooks);
          expect(why.looks.map((l) => l.atMs)).toEqual(why.looks.map((l) => l.atMs).sort((a, b) => a - b));
        }
      }),
      { numRuns: 60 },
    );
  });
});
