import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDecodeOrder } from './decode-order.ts';
import { createMediaClock } from './media-clock.ts';

const startUs = 1_700_000_000_000_000;

describe('media clock', () => {
  test('frame spacing is the camera’s, whatever the network does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 80_000 }), { minLength: 50, maxLength: 400 }), (jitter) => {
        const clock = createMediaClock(90_000);
        let last: number | null = null;
        jitter.forEach((late, i) => {
          const { us, jump } = clock.map(i * 3600, startUs + i * 40_000 + late);
          expect(jump).toBe(false);
          expect(Number.isInteger(us)).toBe(true);
          // A line that has just begun is led by up to 2 % while it finds its place.
          if (last !== null) expect(Math.abs(us - last - 40_000)).toBeLessThanOrEqual(i < 255 ? 805 : 25);
          last = us;
        });
      }),
      { numRuns: 50 },
    );
  });

  test('a crystal that is 100 ppm off does not drift away in an hour', () => {
    const clock = createMediaClock(90_000);
    let worst = 0;
    for (let i = 0; i < 3600 * 10; i++) {
      const arrived = startUs + i * 100_000 * (1 + 100e-6);
      const { us, jump } = clock.map(i * 9000, Math.round(arrived) + (i % 7) * 1000);
      expect(jump).toBe(false);
      worst = Math.max(worst, Math.abs(us - arrived));
    }
    expect(worst).toBeLessThan(20_000);
  });

  test('jumps of the camera, either way, begin anew at arrival; small steps do not', () => {
    for (const by of [-5, -2, 3, 3600]) {
      const clock = createMediaClock(90_000);
      for (let i = 0; i < 100; i++) clock.map(i * 3600, startUs + i * 40_000);
      const arrived = startUs + 100 * 40_000;
      expect(clock.map(100 * 3600 + by * 90_000, arrived)).toEqual({ us: arrived, jump: true });
      expect(clock.map(101 * 3600 + by * 90_000, arrived + 40_000).jump).toBe(false);
    }
  });

  test('a stalled line that catches up is no jump', () => {
    const clock = createMediaClock(90_000);
    for (let i = 0; i < 100; i++) {
      const arrived = startUs + (i < 50 ? i * 40_000 : Math.max(i * 40_000, 50 * 40_000 + 4_000_000 + i));
      const { us, jump } = clock.map(i * 3600, arrived);
      expect(jump).toBe(false);
      expect(Math.abs(us - (startUs + i * 40_000))).toBeLessThan(5000);
    }
  });

  test('a burst of old pictures at the start is corrected within seconds', () => {
    const clock = createMediaClock(90_000);
    let off = 0;
    for (let i = 0; i < 3000; i++) {
      const arrived = startUs + Math.max(0, i - 25) * 40_000 + i;
      const { us, jump } = clock.map(i * 3600, arrived);
      expect(jump).toBe(false);
      off = us - arrived;
    }
    expect(Math.abs(off)).toBeLessThan(200_000);
  });

  test('a first packet that waited, on a busy machine, sets nothing for long', () => {
    const clock = createMediaClock(90_000);
    const offs: number[] = [];
    for (let i = 0; i < 400; i++) {
      const sent = startUs + i * 40_000;
      // What comes in the first half second lies unread until then.
      const { us } = clock.map(i * 3600, Math.max(sent, startUs + 133_000));
      offs.push(Math.abs(us - sent));
    }
    expect(offs[0]).toBe(133_000);
    expect(Math.max(...offs.slice(200))).toBeLessThan(21_000);
  });

  test('whatever comes: integers, and never back by more than reordering', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: -400_000, max: 400_000 }), fc.integer({ min: -3_000_000, max: 3_000_000 })),
          { maxLength: 200 },
        ),
        (steps) => {
          const clock = createMediaClock(90_000);
          let ticks = 0;
          let arrived = startUs;
          let last: number | null = null;
          for (const [step, passed] of steps) {
            ticks += step;
            arrived += passed;
            const { us, jump } = clock.map(ticks, arrived);
            expect(Number.isSafeInteger(us)).toBe(true);
            if (jump) expect(us).toBe(arrived);
            else if (last !== null) expect(us).toBeGreaterThan(last - 1_000_001 - 4_500_000);
            last = us;
          }
        },
      ),
    );
  });
});

describe('decoding order', () => {
  const run = (depth: number | null, pts: number[]): number[] => {
    const order = createDecodeOrder();
    order.format(depth);
    return pts.map(order.dts);
  };

  test('without B-frames both times are the same', () => {
    expect(run(0, [0, 40_000, 80_000])).toEqual([0, 40_000, 80_000]);
  });

  test('with B-frames no picture is due after it is shown, and spacing is even', () => {
    // I P b b P b b in decoding order, presented 0 3 1 2 6 4 5
    const pts = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8].map((n) => 1_000_000 + n * 40_000);
    const dts = run(2, pts);
    dts.forEach((d, i) => {
      expect(d).toBeLessThanOrEqual(pts[i] ?? 0);
      if (i > 0) expect(d).toBeGreaterThan(dts[i - 1] ?? 0);
    });
    expect(dts.slice(3).map((d, i) => d - (dts[i + 2] ?? 0))).toEqual([
      40_000, 40_000, 40_000, 40_000, 40_000, 40_000, 40_000,
    ]);
  });

  test('always rising, whatever the pictures do', () => {
    fc.assert(
      fc.property(fc.option(fc.nat(16)), fc.array(fc.integer({ min: 0, max: 5_000_000 })), (depth, pts) => {
        const dts = run(depth, pts);
        for (let i = 1; i < dts.length; i++) expect(dts[i]).toBeGreaterThan(dts[i - 1] ?? 0);
      }),
    );
  });
});
