import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StreamId } from '../id.ts';
import { addWaiting, type WaitingSpan } from './waiting-segments.ts';

const stream = (n: number): StreamId => StreamId.parse(n);

it('joins what follows each other, and begins a new span where something was looked at between', () => {
  let spans: WaitingSpan[] = [];
  const add = (streamId: number, volume: number, startMs: number, joins = true): void => {
    spans = addWaiting(spans, { streamId: stream(streamId), volume, startMs }, joins, 10);
  };
  add(1, 2, 100);
  add(1, 2, 200);
  add(1, 2, 400, false);
  add(1, 3, 500);
  add(2, 3, 100);
  expect(spans.map((s) => [s.streamId, s.volume, s.fromMs, s.toMs, s.segments])).toEqual([
    [1, 2, 100, 200, 2],
    [1, 2, 400, 400, 1],
    [1, 3, 500, 500, 1],
    [2, 3, 100, 100, 1],
  ]);
});

it('forgets nothing, counts all, and never has more spans than streams on volumes once there are too many', () => {
  const one = fc.record({
    streamId: fc.integer({ min: 1, max: 3 }).map(stream),
    volume: fc.integer({ min: 1, max: 3 }),
    startMs: fc.integer({ min: 0, max: 1000 }),
    joins: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 60 }), fc.integer({ min: 0, max: 20 }), (all, most) => {
      let spans: WaitingSpan[] = [];
      for (const { joins, ...s } of all) spans = addWaiting(spans, s, joins, most);
      expect(spans.length).toBeLessThanOrEqual(Math.max(most, 9));
      expect(spans.reduce((sum, s) => sum + s.segments, 0)).toBe(all.length);
      for (const s of all)
        expect(
          spans.some(
            (w) => w.streamId === s.streamId && w.volume === s.volume && w.fromMs <= s.startMs && s.startMs <= w.toMs,
          ),
        ).toBe(true);
    }),
  );
});
