import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exposureWords, placeOf, valueAt } from './exposure-values.ts';

const ranges = fc
  .tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 60, max: 100_000 }))
  .map(([min, span]) => ({ min, max: min + span }));

test('a dragged value is within what the camera offers and comes back to its place', () => {
  fc.assert(
    fc.property(ranges, fc.double({ min: 0, max: 100, noNaN: true }), fc.boolean(), (range, place, byRatio) => {
      const value = valueAt(place, range, byRatio);
      expect(value).toBeGreaterThanOrEqual(range.min);
      expect(value).toBeLessThanOrEqual(range.max);
      // Half a step of rounding, seen from the value.
      expect(Math.abs(valueAt(placeOf(value, range, byRatio), range, byRatio) - value)).toBeLessThanOrEqual(1);
    }),
  );
});

test('both ends of a slider are both ends of the range', () => {
  fc.assert(
    fc.property(ranges, fc.boolean(), (range, byRatio) => {
      expect(valueAt(0, range, byRatio)).toBe(range.min);
      expect(valueAt(100, range, byRatio)).toBe(range.max);
    }),
  );
});

test('times are read as photographers do', () => {
  expect(exposureWords('exposureTime', 20_000)).toBe('1/50 s');
  expect(exposureWords('exposureTime', 2_000_000)).toBe('2.0 s');
  expect(exposureWords('iris', 3)).toBe('3.0 dB');
});
