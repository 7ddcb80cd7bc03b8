import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dayMs, hourMs } from '../time.ts';
import { recordedRate, type RecordedHour } from './recorded-rate.ts';

const monday = 4 * dayMs; // 1970-01-05
const nowMs = monday + 700 * dayMs;

const hoursBack = (days: number, of: (atMs: number) => Omit<RecordedHour, 'hourMs'>): RecordedHour[] =>
  Array.from({ length: days * 24 }, (_, i) => nowMs - (i + 1) * hourMs).map((at) => ({ hourMs: at, ...of(at) }));

it('gives a steady rate back, however little of it is known', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 1e12 }),
      fc.boolean(),
      (days, perHour, always) => {
        const hours = hoursBack(days, () => ({ bytes: perHour, coveredMs: hourMs, lostMs: 0 }));
        const rate = recordedRate({ hours, fromMs: nowMs - days * dayMs, nowMs, always });
        expect(rate.bytesPerDay / (perHour * 24)).toBeCloseTo(1, 9);
        expect(rate.knownMs).toBe(days * dayMs);
      },
    ),
  );
});

it('never says more than the busiest hour or less than the quietest, and twice for twice', () => {
  const hour = fc.record({ bytes: fc.integer({ min: 0, max: 1e9 }), lostMs: fc.integer({ min: 0, max: hourMs - 1 }) });
  fc.assert(
    fc.property(fc.array(hour, { minLength: 1, maxLength: 400 }), fc.boolean(), (list, always) => {
      const hours = list.map(({ bytes, lostMs }, i) => ({
        hourMs: nowMs - (i + 1) * hourMs,
        bytes,
        coveredMs: hourMs - lostMs,
        lostMs,
      }));
      const fromMs = nowMs - list.length * hourMs;
      const { bytesPerDay } = recordedRate({ hours, fromMs, nowMs, always });
      const rates = hours.map((h) => (h.bytes / (hourMs - h.lostMs)) * dayMs);
      expect(bytesPerDay).toBeGreaterThanOrEqual(Math.min(...rates) * (1 - 1e-9));
      expect(bytesPerDay).toBeLessThanOrEqual(Math.max(...rates) * (1 + 1e-9));
      const doubled = hours.map((h) => ({ ...h, bytes: h.bytes * 2 }));
      const twice = recordedRate({ hours: doubled, fromMs, nowMs, always }).bytesPerDay;
      expect(twice).toBeCloseTo(bytesPerDay * 2, -3);
    }),
  );
});

it('takes outages for what they are: not known, not nothing', () => {
  // Half of the days nothing came, with a gap that says so.
  const lost = hoursBack(8, (at) =>
    Math.floor(at / dayMs) % 2 === 0
      ? { bytes: 0, coveredMs: 0, lostMs: hourMs }
      : { bytes: 1000, coveredMs: hourMs, lostMs: 0 },
  );
  for (const always of [true, false])
    expect(recordedRate({ hours: lost, fromMs: nowMs - 8 * dayMs, nowMs, always }).bytesPerDay).toBeCloseTo(24_000, 6);
  // The same without a gap: it is recorded on motion, and nothing moved.
  const still = lost.map((h) => ({ ...h, lostMs: 0 }));
  const half = recordedRate({ hours: still, fromMs: nowMs - 8 * dayMs, nowMs, always: false }).bytesPerDay;
  expect(half).toBeGreaterThan(10_000);
  expect(half).toBeLessThan(14_000);
});

it('counts a weekend as two days of seven', () => {
  const busyFor = (days: number): RecordedHour[] =>
    hoursBack(days, (at) => ({
      bytes: (Math.floor(at / dayMs) + 3) % 7 >= 5 ? 0 : 7000,
      coveredMs: hourMs,
      lostMs: 0,
    }));
  const fortnight = recordedRate({ hours: busyFor(14), fromMs: nowMs - 14 * dayMs, nowMs, always: false });
  expect(fortnight.bytesPerDay).toBeCloseTo(24 * 5000, 6);
});

it('follows a rate that has changed: the newer counts more', () => {
  const hours = hoursBack(14, (at) => ({
    bytes: at < nowMs - 7 * dayMs ? 1000 : 4000,
    coveredMs: hourMs,
    lostMs: 0,
  }));
  const { bytesPerDay } = recordedRate({ hours, fromMs: nowMs - 14 * dayMs, nowMs, always: true });
  expect(bytesPerDay).toBeGreaterThan(2500 * 24);
  expect(bytesPerDay).toBeLessThan(4000 * 24);
});

it('knows nothing of a stream that has nothing', () => {
  expect(recordedRate({ hours: [], fromMs: nowMs, nowMs, always: true })).toEqual({ bytesPerDay: 0, knownMs: 0 });
  expect(recordedRate({ hours: [], fromMs: nowMs - dayMs, nowMs, always: true }).knownMs).toBe(0);
  expect(recordedRate({ hours: [], fromMs: nowMs - dayMs, nowMs, always: false })).toEqual({
    bytesPerDay: 0,
    knownMs: dayMs,
  });
});
