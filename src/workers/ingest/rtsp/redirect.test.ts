import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redirectInMs } from './redirect.ts';

describe('when a REDIRECT takes effect', () => {
  const now = Date.UTC(1996, 1, 13, 14, 32, 0);
  test('at once without a range, or with one that cannot be understood', () => {
    for (const range of [null, '', 'npt=now-', 'npt=-5', 'smpte=10:00:00-', 'clock=tomorrow-', 'clock=19960213T1432Z-'])
      expect(redirectInMs(range, now, 0)).toBe(0);
  });
  test('at a moment of the clock (the example of RFC 2326 §10.10), never before now', () => {
    expect(redirectInMs('clock=19960213T143205Z-', now, 0)).toBe(5000);
    expect(redirectInMs('clock=19960213T143205.25Z-19960213T150000Z', now, 0)).toBe(5250);
    expect(redirectInMs('clock=19960213T143159Z-', now, 0)).toBe(0);
  });
  test('at a moment of the presentation', () => {
    expect(redirectInMs('npt=12.5-', now, 10_000)).toBe(2500);
    expect(redirectInMs('npt=0:01:00-', now, 10_000)).toBe(50_000);
    expect(redirectInMs('npt=3-', now, 10_000)).toBe(0);
  });
  test('whatever a camera writes, it is a whole number of milliseconds that is not negative', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^(clock|npt)=[0-9T:.Z-]{0,30}$/)),
        fc.integer({ min: 0, max: 4e12 }),
        (range, nowMs) => {
          const ms = redirectInMs(range, nowMs, 1000);
          expect(Number.isInteger(ms) && ms >= 0).toBe(true);
        },
      ),
    );
  });
});
