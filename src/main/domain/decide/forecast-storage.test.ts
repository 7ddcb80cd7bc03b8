import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StreamId } from '../id.ts';
import type { Rule } from '../retention.ts';
import { dayMs, hourMs } from '../time.ts';
import { forecastStorage, sumForecast, type ForecastShelf, type ForecastVolume } from './forecast-storage.ts';

const nowMs = 20_000 * dayMs;
const gb = 1e9;
const free: Rule = { maxMs: null, minMs: 0, maxBytes: null, eventMs: 0, legalMs: null };
const shelf = (
  id: number,
  over: Partial<Omit<ForecastShelf, 'rule'>> & { rule?: Partial<Rule> } = {},
): ForecastShelf => ({
  streamId: id as StreamId,
  volume: 1,
  bytesPerDay: 10 * gb,
  bytes: 0,
  oldestMs: nowMs,
  ...over,
  rule: { ...free, ...over.rule },
});
const one = (shelves: ForecastShelf[], roomBytes: number, lastRoomBytes = roomBytes) => {
  const made = forecastStorage({ nowMs, shelves, volumes: [{ volume: 1, roomBytes, lastRoomBytes }] });
  const volume = made.volumes[0];
  if (volume === undefined) throw new Error('no volume');
  return { volume, streams: made.streams };
};
const inDays = (atMs: number | null): number | null => (atMs === null ? null : (atMs - nowMs) / dayMs);

it('says when a new disk is full, and to which age all that is unbounded is kept', () => {
  const { volume, streams } = one([shelf(1), shelf(2, { bytesPerDay: 30 * gb })], 400 * gb);
  expect(inDays(volume.fullAtMs)).toBeCloseTo(10, 9);
  expect(streams.map((s) => (s.holdsMs ?? 0) / dayMs)).toEqual([10, 10]);
  expect(streams.every((s) => s.limit === 'room' && s.shortAtMs === null)).toBe(true);
  expect(volume.shortAtMs).toBeNull();
});

it('gives the room that short rules leave to the others, and never fills what rules bound', () => {
  const rule = { maxMs: 5 * dayMs };
  const both = one([shelf(1, { rule }), shelf(2)], 200 * gb);
  expect(both.streams.map((s) => [s.limit, (s.holdsMs ?? 0) / dayMs])).toEqual([
    ['age', 5],
    ['room', 15],
  ]);
  const bound = one([shelf(1, { rule }), shelf(2, { rule: { maxBytes: 50 * gb } })], 200 * gb);
  expect(bound.volume.fullAtMs).toBeNull();
  expect(bound.streams.map((s) => s.limit)).toEqual(['age', 'size']);
});

it('says when guaranteed footage has to go, and whose is the first', () => {
  // 40 GB a day on 200 GB: stream 2 cannot have its 14 days beside the 3 of the other.
  const { volume, streams } = one(
    [
      shelf(1, { rule: { minMs: 3 * dayMs }, bytesPerDay: 20 * gb }),
      shelf(2, { rule: { minMs: 14 * dayMs }, bytesPerDay: 20 * gb }),
    ],
    200 * gb,
  );
  // 60 GB of the first, and 140 GB are seven days of the second.
  expect(inDays(volume.shortAtMs)).toBeCloseTo(7, 9);
  expect(volume.shortStreamId).toBe(2);
  expect(streams.map((s) => s.shortAtMs === null)).toEqual([true, false]);
  expect(streams.map((s) => (s.holdsMs ?? 0) / dayMs)).toEqual([5, 5]);
});

it('holds a stream to nothing when nothing limits it', () => {
  const { volume, streams } = one([shelf(1, { bytesPerDay: 0 })], gb);
  expect(volume.fullAtMs).toBeNull();
  expect(streams[0]).toMatchObject({ holdsMs: null, limit: 'nothing' });
});

const anyShelf = fc.record({
  bytesPerDay: fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 50 }).map((n) => n * gb),
  ),
  stock: fc.integer({ min: 0, max: 300 }),
  ageDays: fc.integer({ min: 1, max: 30 }),
  minDays: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 })),
  maxDays: fc.option(fc.integer({ min: 20, max: 40 })),
  maxBytes: fc.option(fc.integer({ min: 1, max: 400 })),
});
type AnyShelf = typeof anyShelf extends fc.Arbitrary<infer T> ? T : never;
const shelvesOf = (list: AnyShelf[]): ForecastShelf[] =>
  list.map((s, i) =>
    shelf(i + 1, {
      bytesPerDay: s.bytesPerDay,
      bytes: s.stock * gb,
      oldestMs: nowMs - s.ageDays * dayMs,
      rule: {
        minMs: s.minDays * dayMs,
        maxMs: s.maxDays === null ? null : s.maxDays * dayMs,
        maxBytes: s.maxBytes === null ? null : s.maxBytes * gb,
      },
    }),
  );

/** Some of them move to an archive; what was to move is there. */
const anyTiered = fc.tuple(anyShelf, fc.option(fc.integer({ min: 1, max: 25 })));
const tieredOf = (list: [AnyShelf, number | null][]): ForecastShelf[] =>
  shelvesOf(list.map(([s]) => s)).map((s, i) => {
    const days = list[i]?.[1] ?? null;
    if (days === null) return s;
    const afterMs = days * dayMs;
    return { ...s, oldestMs: Math.max(s.oldestMs, nowMs - afterMs), tier: { afterMs, keepMs: null, moves: true } };
  });

it('promises no more than fits, all that fits, and minima before all else', () => {
  fc.assert(
    fc.property(fc.array(anyShelf, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 3000 }), (list, room) => {
      const shelves = shelvesOf(list);
      const { streams } = one(shelves, room * gb);
      const used = streams.reduce(
        (n, s) => n + (s.bytesPerDay === 0 ? 0 : (s.bytesPerDay * (s.holdsMs ?? Infinity)) / dayMs),
        0,
      );
      const writes = streams.filter((s) => s.bytesPerDay > 0);
      if (writes.every((s) => s.holdsMs !== null)) expect(used).toBeLessThanOrEqual(room * gb * (1 + 1e-9));
      if (writes.some((s) => s.limit === 'room')) expect(used / (room * gb)).toBeCloseTo(1, 6);
      const minima = shelves.reduce((n, s) => n + (s.bytesPerDay * s.rule.minMs) / dayMs, 0);
      if (minima <= room * gb)
        for (const [i, s] of streams.entries())
          expect(s.holdsMs ?? Infinity).toBeGreaterThanOrEqual(shelves[i]?.rule.minMs ?? 0);
    }),
  );
});

it('promises no less for more room', () => {
  fc.assert(
    fc.property(
      fc.array(anyShelf, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 0, max: 1000 }),
      (list, room, more) => {
        const shelves = shelvesOf(list);
        const [a, b] = [one(shelves, room * gb), one(shelves, (room + more) * gb)];
        const when = (atMs: number | null): number => atMs ?? Infinity;
        expect(when(b.volume.fullAtMs)).toBeGreaterThanOrEqual(when(a.volume.fullAtMs) - 1);
        expect(when(b.volume.shortAtMs)).toBeGreaterThanOrEqual(when(a.volume.shortAtMs) - 1);
        // While nothing is broken, an unbounded stream only gains.
        const minima = shelves.reduce((n, s) => n + (s.bytesPerDay * s.rule.minMs) / dayMs, 0);
        if (minima <= room * gb)
          for (const [i, s] of a.streams.entries())
            expect(b.streams[i]?.holdsMs ?? Infinity).toBeGreaterThanOrEqual((s.holdsMs ?? Infinity) * (1 - 1e-9));
      },
    ),
  );
});

it('agrees with footage written and deleted hour by hour', () => {
  fc.assert(
    fc.property(
      fc.array(anyTiered, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 1500 }),
      (list, room) => {
        const shelves = tieredOf(list).map((s) => ({ ...s, rule: { ...s.rule, maxBytes: null } }));
        const moved = (s: ForecastShelf): number => s.tier?.afterMs ?? Infinity;
        const { volume } = one(shelves, room * gb);
        const days = 45;
        // What there is of each stream, by the hour in which it was recorded.
        const total = (hour: number, keptMs: (s: ForecastShelf) => number): number =>
          shelves.reduce((sum, s) => {
            const ageHours = (nowMs - s.oldestMs) / hourMs;
            const old = Array.from({ length: ageHours }, (_, i) => ({ age: i + 1 + hour, bytes: s.bytes / ageHours }));
            const fresh = Array.from({ length: hour }, (_, i) => ({ age: i + 1, bytes: s.bytesPerDay / 24 }));
            return sum + [...old, ...fresh].reduce((n, h) => n + (h.age * hourMs <= keptMs(s) ? h.bytes : 0), 0);
          }, 0);
        /** By what the grain of an hour may differ. */
        const grain = shelves.reduce((n, s) => n + s.bytesPerDay / 24 + (s.bytes * hourMs) / (nowMs - s.oldestMs), gb);
        const firstOver = (keptMs: (s: ForecastShelf) => number, roomBytes: number): number => {
          for (let hour = 0; hour <= days * 24; hour += 6) if (total(hour, keptMs) > roomBytes) return hour;
          return Infinity;
        };
        const agree = (atMs: number | null, keptMs: (s: ForecastShelf) => number): void => {
          const at = atMs === null ? Infinity : (atMs - nowMs) / hourMs;
          // Never seen before it was foretold, and always seen when it was.
          expect(firstOver(keptMs, room * gb + grain)).toBeGreaterThanOrEqual(at);
          if (at < days * 24 - 6) expect(firstOver(keptMs, room * gb - 2 * grain)).toBeLessThanOrEqual(at + 6);
        };
        agree(volume.fullAtMs, (s) => Math.min(s.rule.maxMs ?? Infinity, moved(s)));
        agree(volume.shortAtMs, (s) => Math.min(s.rule.minMs, moved(s)));
      },
    ),
    { numRuns: 15 },
  );
});

const all = (shelves: ForecastShelf[], volumes: ForecastVolume[]) => {
  const input = { nowMs, shelves, volumes };
  const bytes = volumes.reduce((n, v) => n + v.roomBytes, 0);
  return sumForecast(input, { roomBytes: bytes, lastRoomBytes: bytes }, forecastStorage(input));
};
const room = (volume: number, bytes: number): ForecastVolume => ({ volume, roomBytes: bytes, lastRoomBytes: bytes });

it('sums all disks: what is written, when all room is used up, and how far back the least and the most go', () => {
  const shelves = [shelf(1), shelf(2, { volume: 2, bytesPerDay: 30 * gb, rule: { maxMs: 2 * dayMs } })];
  const made = all(shelves, [room(1, 100 * gb), room(2, 100 * gb)]);
  expect(made).toMatchObject({ bytesPerDay: 40 * gb, short: null, fits: true });
  // 60 GB are never exceeded by the second: 140 GB are left for the first.
  expect(inDays(made.fullAtMs)).toBeCloseTo(14, 9);
  expect([made.leastMs, made.mostMs].map((ms) => (ms ?? 0) / dayMs)).toEqual([2, 10]);
  // What lies on a disk that is not here is no part of it.
  expect(all([...shelves, shelf(3, { volume: 9 })], [room(1, 100 * gb), room(2, 100 * gb)])).toEqual(made);
  expect(all([], [])).toEqual({ bytesPerDay: 0, leastMs: null, mostMs: null, fullAtMs: null, short: null, fits: true });
});

it('says on which disk a guarantee is broken first, and whether all disks together would be enough', () => {
  const minimum = { rule: { minMs: 14 * dayMs } };
  const shelves = [shelf(1, minimum), shelf(2, { ...minimum, volume: 2 })];
  const spread = all(shelves, [room(1, 100 * gb), room(2, 500 * gb)]);
  expect(spread.short).toMatchObject({ volume: 1, streamId: 1 });
  expect(inDays(spread.short?.atMs ?? null)).toBeCloseTo(10, 9);
  expect(spread.fits).toBe(true);
  const little = all(shelves, [room(1, 130 * gb), room(2, 120 * gb)]);
  expect(little.short).toMatchObject({ volume: 2, streamId: 2 });
  expect(little.fits).toBe(false);
});

it('agrees with the only disk where there is one', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          perDay: fc.integer({ min: 0, max: 50 }),
          min: fc.integer({ min: 0, max: 30 }),
          has: fc.integer({ min: 0, max: 300 }),
        }),
        { maxLength: 5 },
      ),
      fc.integer({ min: 0, max: 2000 }),
      (streams, roomGb) => {
        const shelves = streams.map(({ perDay, min, has }, i) =>
          shelf(i + 1, {
            ...{ bytesPerDay: perDay * gb, bytes: has * gb, oldestMs: nowMs - 3 * dayMs },
            rule: { minMs: min * dayMs },
          }),
        );
        const made = all(shelves, [room(1, roomGb * gb)]);
        const { volume } = one(shelves, roomGb * gb);
        expect(made.fullAtMs).toBe(volume.fullAtMs);
        expect(made.short?.atMs ?? null).toBe(volume.shortAtMs);
        expect(made.fits).toBe(volume.shortAtMs === null);
      },
    ),
  );
});

it('counts what moves to an archive for as long as it is on the disk, and says how long it is kept in all', () => {
  const tier = { afterMs: 5 * dayMs, keepMs: 60 * dayMs, moves: true };
  const { volume, streams } = one([shelf(1, { tier }), shelf(2)], 200 * gb);
  // 50 GB of the first are never exceeded: 15 days of the second.
  expect(inDays(volume.fullAtMs)).toBeCloseTo(15, 9);
  const days = (ms: number | null | undefined): number => Math.round((ms ?? Infinity) / dayMs);
  expect(streams.map((s) => [s.limit, days(s.diskMs), days(s.holdsMs)])).toEqual([
    ['archive', 5, 60],
    ['room', 15, 15],
  ]);
  const of = (over: Parameters<typeof shelf>[1], roomGb = 200) => {
    const [only] = one([shelf(1, over)], roomGb * gb).streams;
    return [only?.limit, days(only?.diskMs), days(only?.holdsMs)];
  };
  expect(of({ tier: { ...tier, keepMs: null } })).toEqual(['nothing', 5, Infinity]);
  expect(of({ tier, rule: { legalMs: 30 * dayMs } })).toEqual(['legal', 5, 30]);
  // What goes from the disk before its time never gets there; what the archive would not keep is not sent.
  expect(of({ tier }, 30)).toEqual(['room', 3, 3]);
  expect(of({ tier, rule: { maxMs: 4 * dayMs } })).toEqual(['age', 4, 4]);
  expect(of({ tier: { ...tier, keepMs: 5 * dayMs } })).toEqual(['room', 20, 20]);
  // A copy takes nothing from the disk, and is there when the disk has none any more.
  expect(of({ tier: { ...tier, moves: false } })).toEqual(['archive', 20, 60]);
  // Of what is guaranteed for 30 days the disk has to hold five.
  const least = { tier, rule: { minMs: 30 * dayMs } };
  expect(one([shelf(1, least)], 60 * gb).volume.shortAtMs).toBeNull();
  expect(inDays(one([shelf(1, least)], 40 * gb).volume.shortAtMs)).toBeCloseTo(4, 9);
});

it('leaves all others at least as much when some streams move on', () => {
  fc.assert(
    fc.property(
      fc.array(anyTiered, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 3000 }),
      (list, room) => {
        const moving = tieredOf(list);
        const staying = moving.map((s) => ({ ...s, tier: null }));
        const [a, b] = [one(staying, room * gb), one(moving, room * gb)];
        const when = (atMs: number | null): number => atMs ?? Infinity;
        expect(when(b.volume.fullAtMs)).toBeGreaterThanOrEqual(when(a.volume.fullAtMs) - 1);
        expect(when(b.volume.shortAtMs)).toBeGreaterThanOrEqual(when(a.volume.shortAtMs) - 1);
        const used = b.streams.reduce(
          (n, s) => n + (s.bytesPerDay === 0 ? 0 : s.bytesPerDay * ((s.diskMs ?? Infinity) / dayMs)),
          0,
        );
        if (Number.isFinite(used)) expect(used).toBeLessThanOrEqual(room * gb * (1 + 1e-9));
        for (const [i, s] of b.streams.entries()) {
          const tier = moving[i]?.tier ?? null;
          if (tier !== null) expect(s.diskMs ?? Infinity).toBeLessThanOrEqual(tier.afterMs);
          else if (a.volume.shortAtMs === null)
            expect(s.holdsMs ?? Infinity).toBeGreaterThanOrEqual((a.streams[i]?.holdsMs ?? Infinity) * (1 - 1e-9));
        }
      },
    ),
  );
});

it('sees two volumes of one file system as the one that they are', () => {
  const together: ForecastVolume[] = [1, 2].map((volume) => ({ ...room(volume, 200 * gb), system: '8:1' }));
  const made = forecastStorage({ nowMs, shelves: [shelf(1), shelf(2, { volume: 2 })], volumes: together });
  expect(made.volumes.map((v) => [v.volume, v.bytesPerDay / gb, inDays(v.fullAtMs)])).toEqual([
    [1, 10, 10],
    [2, 10, 10],
  ]);
  expect(made.streams.map((s) => [s.volume, (s.holdsMs ?? 0) / dayMs])).toEqual([
    [1, 10],
    [2, 10],
  ]);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyTiered, fc.integer({ min: 1, max: 2 })), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 3000 }),
      (list, roomGb) => {
        const shelves = tieredOf(list.map(([s]) => s)).map((s, i) => ({ ...s, volume: list[i]?.[1] ?? 1 }));
        const volumes = together.map((v) => ({ ...v, roomBytes: roomGb * gb, lastRoomBytes: roomGb * gb }));
        const two = forecastStorage({ nowMs, shelves, volumes });
        const single = one(
          shelves.map((s) => ({ ...s, volume: 1 })),
          roomGb * gb,
        );
        for (const v of two.volumes) expect(v.fullAtMs ?? Infinity).toBeCloseTo(single.volume.fullAtMs ?? Infinity, 0);
        for (const s of single.streams) {
          const same = two.streams.find((t) => t.streamId === s.streamId);
          expect(same?.limit).toBe(s.limit);
          expect((same?.diskMs ?? Infinity) / dayMs).toBeCloseTo((s.diskMs ?? Infinity) / dayMs, 6);
        }
        // Who is short first is on one of them, and no volume is short of what it does not have.
        const firsts = two.volumes.map((v) => v.shortStreamId);
        if (single.volume.shortStreamId !== null) expect(firsts).toContain(single.volume.shortStreamId);
        for (const [i, id] of firsts.entries())
          if (id !== null) expect(shelves.find((s) => s.streamId === id)?.volume).toBe(i + 1);
      },
    ),
  );
});
