import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box } from '../place.ts';
import { TrackId, type Track } from '../track.ts';
import {
  endPassings,
  freshPassings,
  stepPassings,
  unread,
  vehicleOf,
  type PassingInput,
  type PassingOutput,
  type Passings,
} from './plate-passings.ts';

const box = (x: number, y: number, width: number, height: number): Box => ({ x, y, width, height });
const car = (id: number, at: Box, atMs: number, more: Partial<Track> = {}): Track => ({
  ...{ id: TrackId.parse(id), class: 'car', score: 0.9, state: 'moving', box: at, sinceMs: 0, lastMs: atMs },
  ...more,
});
const sight = (text: string, score: number, at: Box) => ({ text, score, box: at, zoneId: null });
const left = box(0.1, 0.4, 0.3, 0.4);
const right = box(0.6, 0.4, 0.3, 0.4);
const plateOf = ({ x, y, width, height }: Box): Box => box(x + width / 2 - 0.03, y + height - 0.08, 0.06, 0.03);

function run(inputs: PassingInput[]): { outputs: PassingOutput[]; state: Passings } {
  const outputs: PassingOutput[] = [];
  let state = freshPassings;
  for (const input of inputs) {
    const [next, said] = stepPassings(state, input);
    state = next;
    outputs.push(...said);
  }
  return { outputs, state };
}
const told = (outputs: readonly PassingOutput[]) =>
  outputs.flatMap((o) => (o.is === 'told' ? [`${o.text}${o.again ? ' again' : ''}`] : []));

describe('a vehicle that passes', () => {
  it('is one plate, told once, whatever mistakes are made on the way, and ends when it was seen last', () => {
    const texts = ['B101GSB', 'B1O1GSB', 'B101GSB', '8101GSB', 'B101GSB'];
    const inputs = texts.map((text, i) => ({
      atMs: i * 1_000,
      reads: [sight(text, 0.6, plateOf(left))],
      tracks: [car(1, left, i * 1_000)],
    }));
    const { outputs, state } = run([
      ...inputs,
      { atMs: 6_000, reads: null, tracks: [] },
      { atMs: 40_000, reads: null, tracks: [] },
    ]);
    expect(told(outputs)).toEqual(['B101GSB']);
    expect(outputs.filter((o) => o.is === 'end')).toMatchObject([{ atMs: 4_000 }]);
    expect(state.passings).toEqual([]);
    const [first] = outputs.filter((o) => o.is === 'told');
    expect(first).toMatchObject({ passing: { trackId: 1, class: 'car', sinceMs: 0 } });
    expect(first?.score).toBeGreaterThan(0.6);
  });

  it('is told at its end when it was read once and well enough, and not when it was hardly read', () => {
    const once = (score: number) =>
      run([
        { atMs: 0, reads: [sight('CJ05XYT', score, plateOf(left))], tracks: [car(1, left, 0)] },
        { atMs: 60_000, reads: null, tracks: [] },
      ]).outputs.map((o) => o.is);
    expect(once(0.6)).toEqual(['read', 'view', 'told', 'end']);
    expect(once(0.3)).toEqual(['read', 'view']);
  });

  it('is told apart from another beside it that differs in one character', () => {
    const at = (atMs: number): PassingInput => ({
      atMs,
      reads: [sight('TM10AAA', 0.95, plateOf(left)), sight('TM10AAK', 0.95, plateOf(right))],
      tracks: [car(1, left, atMs), car(2, right, atMs)],
    });
    const { outputs, state } = run([at(0), at(1_000), at(2_000)]);
    expect(told(outputs).sort()).toEqual(['TM10AAA', 'TM10AAK']);
    expect(state.passings.map((p) => p.trackId).sort()).toEqual([1, 2]);
  });

  it('is one although the tracker lost it meanwhile, and although no vehicle was found at a barrier', () => {
    const split = run([
      { atMs: 0, reads: [sight('TM10AAA', 0.95, plateOf(left))], tracks: [car(1, left, 0)] },
      { atMs: 5_000, reads: [sight('TM1OAAA', 0.95, plateOf(left))], tracks: [car(2, left, 5_000)] },
    ]);
    expect(split.state.passings).toHaveLength(1);
    expect(told(split.outputs)).toEqual(['TM10AAA']);
    const alone = [0, 20_000, 50_000].map((atMs) => ({
      ...{ atMs, tracks: [], reads: [sight('TM10AAA', 0.95, plateOf(left))] },
    }));
    expect(told(run(alone).outputs)).toEqual(['TM10AAA']);
    // And another one after it is another.
    const next = { atMs: 70_000, tracks: [], reads: [sight('TM10AXX', 0.95, plateOf(left))] };
    expect(told(run([...alone, next]).outputs)).toEqual(['TM10AAA', 'TM10AXX']);
  });

  it('shows one plate: of other letters on it the surest reading stays', () => {
    const input = {
      ...{ atMs: 0, tracks: [car(1, left, 0)] },
      reads: [sight('0744123456', 0.7, box(0.2, 0.5, 0.1, 0.02)), sight('TM10AAA', 0.95, plateOf(left))],
    };
    expect(run([input]).state.passings).toHaveLength(1);
    expect(vehicleOf(plateOf(left), [car(1, box(0, 0, 1, 1), 0), car(2, left, 0)])?.id).toBe(2);
    expect(vehicleOf(plateOf(left), [car(1, right, 0), car(3, left, 0, { class: 'person' })])).toBe(null);
  });

  it('is not looked at any more when its plate is known, or after it was tried in vain', () => {
    const standing = car(1, left, 0, { state: 'still' });
    let state = freshPassings;
    let tries = 0;
    for (; unread(state, [standing]).length > 0; tries += 1)
      [state] = stepPassings(state, { atMs: tries, reads: [], tracks: [standing], tried: [standing.id] });
    expect(tries).toBe(8);
    expect(unread(state, [{ ...standing, state: 'moving' }])).toHaveLength(1);
    const known = run(
      [0, 1, 2].map((i) => ({
        atMs: i * 1_000,
        reads: [sight('TM10AAA', 0.9, plateOf(left))],
        tracks: [car(1, left, i * 1_000)],
      })),
    );
    expect(unread(known.state, [car(1, left, 3_000)])).toEqual([]);
    expect(unread(known.state, [car(2, left, 3_000, { class: 'person' })])).toEqual([]);
  });

  it('whatever is read: each event begins once and ends once, after it began, and nothing is kept without end', () => {
    const text = fc.constantFrom('TM10AAA', 'TM10AAB', 'B101GSB', 'X', '', 'CJ05XYT', 'B1O1GSB');
    const place = fc.constantFrom(plateOf(left), plateOf(right), box(0, 0, 0.05, 0.02));
    const reads = fc.array(
      fc.record({ text, score: fc.double({ min: 0.01, max: 1, noNaN: true }), box: place, zoneId: fc.constant(null) }),
      { maxLength: 4 },
    );
    const step = fc.tuple(fc.integer({ min: 0, max: 30_000 }), fc.option(reads), fc.subarray([1, 2]));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let atMs = 0;
        const inputs = steps.map(([pauseMs, seen, ids]): PassingInput => {
          atMs += pauseMs;
          return { atMs, reads: seen, tracks: ids.map((id) => car(id, id === 1 ? left : right, atMs)) };
        });
        const { outputs, state } = run(inputs);
        const all = [...outputs, ...endPassings(state)];
        expect(state.passings.length).toBeLessThanOrEqual(24);
        const begun = new Map<number, number>();
        const ended = new Set<number>();
        for (const o of all) {
          const { key } = o.passing;
          expect(ended.has(key)).toBe(false);
          if (o.is === 'told') {
            expect(o.again).toBe(begun.has(key));
            expect(o.score).toBeGreaterThan(0);
            expect(o.score).toBeLessThanOrEqual(1);
            begun.set(key, o.passing.sinceMs);
          }
          if (o.is !== 'end') continue;
          expect(o.atMs).toBeGreaterThanOrEqual(begun.get(key)!);
          ended.add(key);
        }
        expect(ended.size).toBe(begun.size);
      }),
    );
  });
});
