import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineQuarterMs, type LineQuarter } from '../line-totals.ts';
import { createTimeZone } from '../time-zone.ts';
import { firstOfDays, quarterOf, quartersOf, totalLines } from './total-lines.ts';

const hourMs = 3_600_000;
const at = (text: string): number => Date.parse(text);
const quarter = (atMs: number, more: Partial<LineQuarter> = {}): LineQuarter => ({
  ...{ quarterMs: quarterOf(atMs), in: 0, out: 0, lookedMs: 0 },
  ...more,
});

describe('totals of a line', () => {
  it('are of the hours and days that clocks of the site show, whose midnight is not that of UTC', () => {
    const zone = createTimeZone('Asia/Kolkata'); // UTC+5:30
    const nowMs = at('2026-11-30T10:00:00Z');
    const fromMs = firstOfDays(zone, nowMs, 2);
    expect(new Date(fromMs).toISOString()).toBe('2026-11-28T18:30:00.000Z');
    const { days, hours } = totalLines(
      [
        quarter(at('2026-11-29T18:15:00Z'), { in: 1 }), // 23:45
        quarter(at('2026-11-29T18:30:00Z'), { in: 10, out: 3 }), // 00:00
        quarter(at('2026-11-30T09:45:00Z'), { out: 5, lookedMs: 60_000 }), // 15:15
        quarter(at('2026-11-28T18:15:00Z'), { in: 99 }), // before
      ],
      zone,
      { fromMs, nowMs },
    );
    expect(days.map((d) => [d.day, d.hour, d.in, d.out, d.lookedMs])).toEqual([
      ['2026-11-29', null, 1, 0, 0],
      ['2026-11-30', null, 10, 8, 60_000],
    ]);
    expect(hours).toHaveLength(24 + 16);
    expect(hours.filter((h) => h.in + h.out > 0).map((h) => [h.day, h.hour, h.in, h.out])).toEqual([
      ['2026-11-29', '23:00', 1, 0],
      ['2026-11-30', '00:00', 10, 3],
      ['2026-11-30', '15:00', 0, 5],
    ]);
  });

  it('have one hour fewer or more on the days on which clocks are set', () => {
    const zone = createTimeZone('Europe/Lisbon');
    const spans = (now: string) => {
      const nowMs = at(now);
      return totalLines([], zone, { fromMs: firstOfDays(zone, nowMs, 1), nowMs });
    };
    const back = spans('2026-10-25T23:59:00Z');
    expect(back.hours.map((h) => h.hour).slice(0, 4)).toEqual(['00:00', '01:00', '01:00', '02:00']);
    expect([back.hours.length, back.days[0]!.toMs - back.days[0]!.fromMs]).toEqual([25, 25 * hourMs]);
    const on = spans('2026-03-29T22:59:00Z');
    expect(on.hours.map((h) => h.hour).slice(0, 3)).toEqual(['00:00', '02:00', '03:00']);
    expect([on.hours.length, on.days[0]!.toMs - on.days[0]!.fromMs]).toEqual([23, 23 * hourMs]);
    // By half an hour.
    const nowMs = at('2026-04-05T13:29:00Z');
    const howe = createTimeZone('Australia/Lord_Howe');
    const half = totalLines([], howe, { fromMs: firstOfDays(howe, nowMs, 1), nowMs }).hours;
    expect(half.map((h) => h.hour).slice(0, 4)).toEqual(['00:00', '01:00', '01:30', '02:00']);
  });

  it('leave nothing out and count nothing twice, in any time zone', () => {
    const zones = ['UTC', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Chatham', 'Africa/Cairo', 'America/Havana'];
    const some = fc.array(fc.tuple(fc.nat(30 * 96), fc.nat(50), fc.nat(50)), { maxLength: 40 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.nat(365 * 96), some, (name, start, all) => {
        const zone = createTimeZone(name);
        const nowMs = at('2026-01-31T00:00:00Z') + start * lineQuarterMs;
        const fromMs = firstOfDays(zone, nowMs, 28);
        const by = new Map(
          all.map(([n, goIn, out]) => {
            const q = quarter(nowMs - n * lineQuarterMs, { in: goIn, out });
            return [q.quarterMs, q];
          }),
        );
        const inside = [...by.values()].filter((q) => q.quarterMs >= fromMs);
        const { days, hours } = totalLines([...by.values()], zone, { fromMs, nowMs });
        for (const spans of [days, hours]) {
          expect(spans.reduce((n, s) => n + s.in, 0)).toBe(inside.reduce((n, q) => n + q.in, 0));
          expect(spans.reduce((n, s) => n + s.out, 0)).toBe(inside.reduce((n, q) => n + q.out, 0));
          spans.slice(1).forEach((s, i) => {
            expect(s.fromMs).toBe(spans[i]!.toMs);
          });
          expect([spans[0]!.fromMs, spans.at(-1)!.toMs > nowMs]).toEqual([fromMs, true]);
        }
        expect(days).toHaveLength(28);
        expect(new Set(days.map((d) => d.day)).size).toBe(28);
      }),
      { numRuns: 12 },
    );
  });

  it('are made of spans that were looked at, cut at quarters', () => {
    fc.assert(
      fc.property(fc.nat(10 * lineQuarterMs), fc.nat(3 * lineQuarterMs), (fromMs, length) => {
        const cut = quartersOf(fromMs, fromMs + length);
        expect(cut.reduce((n, c) => n + c.lookedMs, 0)).toBe(length);
        for (const c of cut) expect(c.quarterMs % lineQuarterMs === 0 && c.lookedMs <= lineQuarterMs).toBe(true);
        expect(new Set(cut.map((c) => c.quarterMs)).size).toBe(cut.length);
      }),
    );
  });
});
