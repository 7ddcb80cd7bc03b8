import { describe, expect, it } from 'vitest';
import { createTimeZone } from '#domain/time-zone.ts';
import { edgesOf, monthBeside, readAsked, shadeOf, writeAsked } from './spans.ts';

const paris = createTimeZone('Europe/Paris');
const hourMs = 3_600_000;

describe('spans that people ask of', () => {
  it('are the days of a month as the clocks on the wall have them, up to now', () => {
    const october = edgesOf({ of: 'month', year: 2026, month: 10 }, paris, Date.UTC(2027, 0, 1));
    expect(october).toHaveLength(32);
    const lengths = october.slice(1).map((edge, i) => (edge - (october[i] ?? 0)) / hourMs);
    expect(lengths.filter((l) => l !== 24)).toEqual([25]);
    const now = Date.UTC(2026, 10, 3, 12);
    expect(edgesOf({ of: 'month', year: 2026, month: 11 }, paris, now)).toHaveLength(4);
  });

  it('are the hours of the last night that has ended', () => {
    const at = (day: number, hour: number): number => paris.at({ year: 2026, month: 11, day, hour });
    expect(edgesOf({ of: 'night' }, paris, at(20, 9))).toEqual(Array.from({ length: 11 }, (_, i) => at(19, 20 + i)));
    expect(edgesOf({ of: 'night' }, paris, at(20, 3))[0]).toBe(at(18, 20));
    const winter = edgesOf({ of: 'night' }, paris, paris.at({ year: 2026, month: 10, day: 25, hour: 12 }));
    expect(((winter.at(-1) ?? 0) - (winter[0] ?? 0)) / hourMs).toBe(11);
    const summer = edgesOf({ of: 'night' }, paris, paris.at({ year: 2026, month: 3, day: 29, hour: 12 }));
    expect(((summer.at(-1) ?? 0) - (summer[0] ?? 0)) / hourMs).toBe(9);
    summer.forEach((edge, i) => expect(edge).toBeGreaterThan(i === 0 ? 0 : (summer[i - 1] ?? 0)));
  });

  it('are kept in the address', () => {
    const now = Date.UTC(2026, 10, 3);
    for (const text of ['night', '2026-02', '2025-12']) expect(writeAsked(readAsked(text, paris, now))).toBe(text);
    for (const text of [null, '', '2026-13', 'x', '26-1'])
      expect(writeAsked(readAsked(text, paris, now))).toBe('2026-11');
    expect(monthBeside({ of: 'month', year: 2026, month: 1 }, -1)).toEqual({ of: 'month', year: 2025, month: 12 });
    expect(monthBeside({ of: 'month', year: 2026, month: 12 }, 1)).toEqual({ of: 'month', year: 2027, month: 1 });
  });

  it('are shaded by what can be vouched for', () => {
    expect([null, 1, 0.9999, 0.95, 0.3, 0].map(shadeOf)).toEqual([
      'none',
      'whole',
      'nearly',
      'part',
      'little',
      'little',
    ]);
  });
});
