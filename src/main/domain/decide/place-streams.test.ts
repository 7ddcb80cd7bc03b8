import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeStreams, type PlacedStream, type PlacedVolume } from './place-streams.ts';

const volume = (n: number, weight = 1, fitness: PlacedVolume['fitness'] = 'good'): PlacedVolume => ({
  volume: n,
  weight,
  fitness,
});
const streams = (n: number, load = 2): PlacedStream<number>[] =>
  Array.from({ length: n }, (_, id) => ({ id, load, volume: null }));
const settled = (of: readonly PlacedStream<number>[], at: Map<number, number | null>): PlacedStream<number>[] =>
  of.map((s) => ({ ...s, volume: at.get(s.id) ?? null }));
const counts = (at: Map<number, number | null>): Record<number, number> =>
  Object.fromEntries([...Map.groupBy(at.values(), (v) => v)].map(([v, list]) => [v ?? 0, list.length]));
const moves = (of: readonly PlacedStream<number>[], at: Map<number, number | null>): number =>
  of.filter((s) => s.volume !== at.get(s.id)).length;

const someVolumes = fc.uniqueArray(
  fc.record({
    volume: fc.integer({ min: 1, max: 6 }),
    weight: fc.integer({ min: 0, max: 5 }),
    fitness: fc.constantFrom('good' as const, 'pinch' as const, 'no' as const),
  }),
  { selector: (v) => v.volume, minLength: 1, maxLength: 6 },
);
const someStreams = fc
  .array(
    fc.record({
      load: fc.integer({ min: 1, max: 20 }),
      volume: fc.option(fc.integer({ min: 1, max: 6 }), { nil: null }),
    }),
    { maxLength: 40 },
  )
  .map((list) => list.map((s, id) => ({ ...s, id })));

describe('where streams are recorded', () => {
  it('spreads them by weight', () => {
    expect(counts(placeStreams(streams(12), [volume(1), volume(2), volume(3)]))).toEqual({ 1: 4, 2: 4, 3: 4 });
    expect(counts(placeStreams(streams(12), [volume(1), volume(2, 3)]))).toEqual({ 1: 3, 2: 9 });
    expect(counts(placeStreams(streams(4), [volume(1, 0), volume(2)]))).toEqual({ 2: 4 });
  });

  it('moves only those of a volume that is lost, and back as many when it is there again', () => {
    const all = streams(30);
    const three = [volume(1), volume(2), volume(3)];
    const at = settled(all, placeStreams(all, three));
    const without = placeStreams(at, [volume(1), volume(2, 1, 'no'), volume(3)]);
    expect(moves(at, without)).toBe(10);
    expect(counts(without)).toEqual({ 1: 15, 3: 15 });
    const back = settled(all, without);
    const again = placeStreams(back, three);
    // A difference of a stream or two is not worth moving one.
    for (const n of Object.values(counts(again))) expect(Math.abs(n - 10)).toBeLessThanOrEqual(1);
    expect(moves(back, again)).toBe(counts(again)[2]);
  });

  it('takes weight 0, then what is only fit in a pinch, only where nothing better is left', () => {
    expect(counts(placeStreams(streams(2), [volume(1, 0), volume(2, 1, 'no')]))).toEqual({ 1: 2 });
    expect(counts(placeStreams(streams(2), [volume(1, 1, 'pinch'), volume(2, 1, 'good')]))).toEqual({ 2: 2 });
    expect(counts(placeStreams(streams(2), [volume(1, 1, 'pinch'), volume(2, 1, 'no')]))).toEqual({ 1: 2 });
  });

  it('puts every stream where footage is taken, as long as there is such a place', () => {
    fc.assert(
      fc.property(someStreams, someVolumes, (list, volumes) => {
        const at = placeStreams(list, volumes);
        const fit = new Map(volumes.map((v) => [v.volume, v.fitness]));
        if (volumes.every((v) => v.fitness === 'no')) {
          expect(moves(list, at)).toBe(0);
          return;
        }
        for (const place of at.values()) {
          expect(place).not.toBeNull();
          expect(fit.get(place ?? 0)).not.toBe('no');
          if (volumes.some((v) => v.fitness === 'good' && v.weight > 0)) expect(fit.get(place ?? 0)).toBe('good');
        }
      }),
    );
  });

  it('is stable: asked again with its own result it moves nothing', () => {
    fc.assert(
      fc.property(someStreams, someVolumes, (list, volumes) => {
        const at = settled(list, placeStreams(list, volumes));
        expect(moves(at, placeStreams(at, volumes))).toBe(0);
      }),
    );
  });

  it('leaves no volume much fuller than another by its weight', () => {
    fc.assert(
      fc.property(
        someStreams,
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 5 }),
        (list, weights) => {
          const volumes = weights.map((w, i) => volume(i + 1, w));
          const at = placeStreams(list, volumes);
          const loads = new Map(volumes.map((v) => [v.volume, 0]));
          for (const s of list) loads.set(at.get(s.id) ?? 0, (loads.get(at.get(s.id) ?? 0) ?? 0) + s.load);
          const total = list.reduce((sum, s) => sum + s.load, 0);
          const most = Math.max(0, ...list.map((s) => s.load));
          const fair = total / weights.reduce((sum, w) => sum + w, 0);
          // Evened out but for one stream, and for what is not worth a move.
          for (const v of volumes)
            expect((loads.get(v.volume) ?? 0) / v.weight).toBeLessThanOrEqual((fair + most) / 0.9 + 1e-6);
        },
      ),
    );
  });

  it('evens out between two large ones also where a small one is there, into which no stream fits', () => {
    const all = [313, 100, 281, 82, 226, 330, 87].map((load, id) => ({ id, load, volume: 2 }));
    const at = placeStreams(all, [volume(1), volume(2, 50), volume(3, 50)]);
    const on = (n: number): number => all.reduce((sum, s) => sum + (at.get(s.id) === n ? s.load : 0), 0);
    expect(on(1)).toBe(0);
    expect(Math.abs(on(2) - on(3))).toBeLessThan(160);
  });

  it('leaves no single move that would even out more than by a tenth', () => {
    fc.assert(
      fc.property(
        someStreams,
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 5 }),
        (list, weights) => {
          const volumes = weights.map((w, i) => volume(i + 1, w));
          const at = settled(list, placeStreams(list, volumes));
          const level = (n: number, more = 0): number =>
            (at.reduce((sum, s) => sum + (s.volume === n ? s.load : 0), 0) + more) / (weights[n - 1] ?? 1);
          const top = Math.max(...volumes.map((v) => level(v.volume)));
          for (const s of at.filter((one) => level(one.volume ?? 0) === top))
            for (const v of volumes)
              if (v.volume !== s.volume) expect(level(v.volume, s.load)).toBeGreaterThanOrEqual(top * 0.9 - 1e-6);
        },
      ),
    );
  });

  it('puts a stream where it is not barred, whatever else is better, and leaves the others alone', () => {
    const barred = new Set([1]);
    const of = [...streams(4).map((s) => ({ ...s, volume: 1 })), { id: 9, load: 2, volume: 1, barred }];
    expect(placeStreams(of, [volume(1, 5), volume(2, 0, 'pinch')]).get(9)).toBe(2);
    const at = placeStreams(of, [volume(1, 5), volume(2)]);
    expect(at.get(9)).toBe(2);
    expect(moves(settled(of, at), placeStreams(settled(of, at), [volume(1, 5), volume(2)]))).toBe(0);
    // Nowhere else to go: it stays.
    expect(placeStreams(of, [volume(1, 5)]).get(9)).toBe(1);
    expect(placeStreams(of, [volume(1, 5), volume(2, 1, 'no')]).get(9)).toBe(1);
    expect(placeStreams([{ id: 9, load: 2, volume: null, barred }], [volume(1)]).get(9)).toBe(1);
  });

  it('never puts one where it is barred while another volume takes it, and moves nothing when it is asked again', () => {
    fc.assert(
      fc.property(someStreams, someVolumes, fc.uniqueArray(fc.integer({ min: 1, max: 6 })), (list, volumes, bars) => {
        const barred = new Set(bars);
        const of = list.map((s) => (s.id % 2 === 0 ? { ...s, barred } : s));
        const at = placeStreams(of, volumes);
        const others = volumes.some((v) => v.fitness !== 'no' && !barred.has(v.volume));
        if (others) for (const s of of) if (s.id % 2 === 0) expect(barred.has(at.get(s.id) ?? 0)).toBe(false);
        expect(moves(settled(of, at), placeStreams(settled(of, at), volumes))).toBe(0);
      }),
    );
  });
});
