import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mostUnmatched, noTwins, twinEvents, twinWithinMs, type EventWay, type ToldEvent } from './twin-events.ts';

function taken(told: ToldEvent[]): ToldEvent[] {
  let state = noTwins;
  return told.filter((event) => {
    const [next, take] = twinEvents(state, event);
    state = next;
    return take;
  });
}
const counts = (keys: string[]): Record<string, number> => {
  const out: Record<string, number> = {};
  for (const key of keys) out[key] = (out[key] ?? 0) + 1;
  return out;
};

/** Each way tells in order; how late it is, is its own. */
function toldBy(way: EventWay, events: { key: string; atMs: number; lateMs: Record<EventWay, number> }[]): ToldEvent[] {
  let lastMs = 0;
  return events.map((e) => {
    lastMs = Math.max(lastMs, e.atMs + e.lateMs[way]);
    return { way, key: e.key, deviceMs: e.atMs, atMs: lastMs };
  });
}

test('told both ways, each event is taken once, whichever way is ahead', () => {
  const happened = fc.array(
    fc.record({
      key: fc.constantFrom('a on', 'a off', 'b on', 'b off', 'line moment'),
      atMs: fc.integer({ min: 0, max: 20_000 }),
      lateMs: fc.record({
        'pull-point': fc.integer({ min: 0, max: 30_000 }),
        metadata: fc.integer({ min: 0, max: 2_000 }),
      }),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(happened, (some) => {
      const events = some.sort((a, b) => a.atMs - b.atMs);
      const told = [...toldBy('pull-point', events), ...toldBy('metadata', events)].sort((a, b) => a.atMs - b.atMs);
      expect(counts(taken(told).map((e) => e.key))).toEqual(counts(events.map((e) => e.key)));
    }),
  );
});

test('one way alone loses nothing, however much it repeats itself', () => {
  fc.assert(
    fc.property(fc.constantFrom<EventWay>('pull-point', 'metadata'), fc.array(fc.nat(5_000)), (way, times) => {
      const told = times.sort((a, b) => a - b).map((atMs) => ({ way, key: 'a on', deviceMs: atMs, atMs }));
      expect(taken(told)).toEqual(told);
    }),
  );
});

test('another moment, another state and what comes too late are no twins', () => {
  const first: ToldEvent = { way: 'metadata', key: 'a on', deviceMs: 1_000, atMs: 1_000 };
  const others: ToldEvent[] = [
    { way: 'pull-point', key: 'a on', deviceMs: 4_000, atMs: 4_000 },
    { way: 'pull-point', key: 'a off', deviceMs: 1_000, atMs: 4_000 },
    { way: 'pull-point', key: 'a on', deviceMs: 1_000, atMs: 1_001 + twinWithinMs },
  ];
  for (const other of others) expect(taken([first, other])).toEqual([first, other]);
  expect(taken([first, { way: 'pull-point', key: 'a on', deviceMs: 1_200, atMs: 9_000 }])).toEqual([first]);
});

test('what is remembered is bounded', () => {
  let state = noTwins;
  for (let i = 0; i < 3 * mostUnmatched; i++)
    [state] = twinEvents(state, { way: 'metadata', key: `key ${String(i)}`, deviceMs: 0, atMs: 0 });
  expect(state).toHaveLength(mostUnmatched);
});
