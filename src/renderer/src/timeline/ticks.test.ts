import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseStep, marksBetween, minorMarksBetween, stepMs, tickSteps } from './ticks.ts';
import { createTimeZone } from '#domain/time-zone.ts';

const names = [
  'UTC',
  'Europe/Paris',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/New_York',
  'Africa/Cairo',
];
const zones = names.map(createTimeZone);
const zone = fc.constantFrom(...zones);
const moment = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2040, 0, 1) });

describe('zone', () => {
  it('knows both changes of summer time', () => {
    const paris = createTimeZone('Europe/Paris');
    expect(
      paris.at({ year: 2026, month: 3, day: 29, hour: 3 }) - paris.at({ year: 2026, month: 3, day: 29, hour: 1 }),
    ).toBe(3_600_000);
    // 02:30 does not exist on that day; it becomes 03:30.
    expect(paris.wall(paris.at({ year: 2026, month: 3, day: 29, hour: 2, minute: 30 }))).toMatchObject({
      hour: 3,
      minute: 30,
    });
    // 02:30 exists twice in October; the first is meant.
    expect(paris.at({ year: 2026, month: 10, day: 25, hour: 2, minute: 30 })).toBe(Date.UTC(2026, 9, 25, 0, 30));
    const day = paris.at({ year: 2026, month: 10, day: 25 });
    expect(paris.addDays(day, 1) - day).toBe(25 * 3_600_000);
  });

  it('starts a day at one in the morning where midnight is skipped', () => {
    const cairo = createTimeZone('Africa/Cairo'); // 2026-04-24: 00:00 becomes 01:00
    const start = cairo.startOfDay(Date.UTC(2026, 3, 24, 12));
    expect(cairo.wall(start)).toMatchObject({ day: 24, hour: 1, minute: 0 });
    expect(cairo.wall(start - 1)).toMatchObject({ day: 23, hour: 23 });
  });

  it('finds its way back from every wall time that occurs once', () => {
    fc.assert(
      fc.property(zone, moment, (z, t) => {
        const back = z.at(z.wall(t));
        // Either the same moment or the earlier of two with the same face.
        expect(z.wall(back)).toEqual(z.wall(t));
        expect(back).toBeLessThanOrEqual(t);
        expect(t - back).toBeLessThanOrEqual(2 * 3_600_000);
      }),
    );
  });

  it('puts every moment inside its day', () => {
    fc.assert(
      fc.property(zone, moment, (z, t) => {
        const start = z.startOfDay(t);
        expect(start).toBeLessThanOrEqual(t);
        expect(z.addDays(t, 1)).toBeGreaterThan(t);
        expect(z.addDays(z.addDays(t, 1), -1)).toBe(start);
      }),
    );
  });
});

describe('ticks', () => {
  it('gives ascending marks on round local times, without holes', () => {
    fc.assert(
      fc.property(zone, moment, fc.constantFrom(...tickSteps), fc.integer({ min: 2, max: 60 }), (z, t, step, n) => {
        const to = t + stepMs(step) * n;
        const marks = marksBetween(z, step, t, to);
        expect(marks.length).toBeGreaterThanOrEqual(1);
        let last = t - 1;
        for (const mark of marks) {
          expect(mark).toBeGreaterThan(last);
          expect(mark - last).toBeLessThanOrEqual(stepMs(step) * 2 + 2 * 3_600_000);
          last = mark;
          const w = z.wall(mark);
          const sinceMidnight = ((w.hour * 60 + w.minute) * 60 + w.second) * 1000 + w.ms;
          const realDay = z.addDays(mark, 1) - z.startOfDay(mark);
          if (step.unit === 'clock' && realDay === 86_400_000) expect(sinceMidnight % step.ms).toBe(0);
          if (step.unit !== 'clock') expect(z.startOfDay(mark)).toBe(mark);
          if (step.unit === 'months') expect(w.day).toBe(1);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has no mark missing over a change of summer time', () => {
    const paris = createTimeZone('Europe/Paris');
    const from = paris.at({ year: 2026, month: 10, day: 25 });
    const hours = marksBetween(paris, { unit: 'clock', ms: 3_600_000, minor: 1 }, from, paris.addDays(from, 1));
    expect(hours).toHaveLength(26); // 25 hours, both midnights
    const six = marksBetween(paris, { unit: 'clock', ms: 6 * 3_600_000, minor: 1 }, from, paris.addDays(from, 1));
    expect(six.map((t) => paris.wall(t).hour)).toEqual([0, 6, 12, 18, 0]);
  });

  it('chooses marks at least as far apart as asked', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: (30 * 86_400_000) / 120, noNaN: true }), (msPerPx) => {
        expect(stepMs(chooseStep(msPerPx, 90)) / msPerPx).toBeGreaterThanOrEqual(
          Math.min(90, (30 * 86_400_000) / msPerPx),
        );
      }),
    );
    expect(minorMarksBetween(createTimeZone('UTC'), chooseStep(1000, 90), 0, 300_000)).toHaveLength(11);
  });
});
