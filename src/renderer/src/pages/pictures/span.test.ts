import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrow, cellCount, columns, isMoment, neighbour, presets, readSpan } from './span.ts';

describe('a span that is searched by eye', () => {
  it('leads from a month to a moment in four steps, each a part of the one before', () => {
    let span = { fromMs: 0, toMs: presets.month };
    let steps = 0;
    while (!isMoment(span)) {
      span = { fromMs: span.fromMs, toMs: span.fromMs + (span.toMs - span.fromMs) / cellCount };
      steps += 1;
    }
    expect(steps).toBe(4);
  });

  it('is read from an address only when it is one', () => {
    expect(readSpan('5', '10')).toEqual({ fromMs: 5, toMs: 10 });
    for (const [from, to] of [
      [null, '10'],
      ['10', '5'],
      ['x', '10'],
      ['-5', '10'],
      ['0', '99999999999999'],
      ['1.5', '10'],
    ] as const)
      expect(readSpan(from, to)).toBeNull();
  });

  it('moves by its own length and never beyond now', () => {
    const nowMs = 1_000_000_000;
    fc.assert(
      fc.property(
        fc.nat(nowMs),
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.constantFrom(-1, 1),
        (fromMs, length, by) => {
          const toMs = Math.min(fromMs + length, nowMs);
          fc.pre(toMs > fromMs);
          const next = neighbour({ fromMs, toMs }, by, nowMs);
          expect(next.toMs - next.fromMs).toBe(toMs - fromMs);
          expect(next.toMs).toBeLessThanOrEqual(nowMs);
          expect(next.fromMs).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it('is walked by arrows without leaving the grid', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.nat(63),
        fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'),
        (count, start, key) => {
          const at = start % count;
          const to = arrow(key, at, count);
          expect(to).not.toBeNull();
          expect(to).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThan(count);
        },
      ),
    );
    expect(arrow('ArrowDown', 1, 24)).toBe(1 + columns);
    expect(arrow('a', 1, 24)).toBeNull();
  });
});
