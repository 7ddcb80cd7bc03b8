import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  continuousWithin,
  modeAt,
  RecordingPlan,
  RecordingWeek,
  type RecordingMode,
  type RecordingSchedule,
  type ScheduleId,
} from './recording-plan.ts';
import { createTimeZone } from './time-zone.ts';

const names = ['UTC', 'Europe/Paris', 'America/New_York', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
const none: ReadonlyMap<ScheduleId, RecordingSchedule> = new Map();

const mode = fc.constantFrom<Exclude<RecordingMode, 'off'>>('continuous', 'motion', 'events');
/** Spans that do not overlap: cuts of each day, some of them painted. */
const week = fc
  .record({
    cuts: fc.array(
      fc.record({ day: fc.nat(6), at: fc.integer({ min: 0, max: 95 }), length: fc.integer({ min: 1, max: 40 }), mode }),
      { maxLength: 14 },
    ),
    exceptions: fc.array(
      fc.record({
        month: fc.integer({ min: 1, max: 12 }),
        day: fc.integer({ min: 1, max: 28 }),
        length: fc.nat(40),
        yearly: fc.boolean(),
        mode: fc.oneof(mode, fc.constant('off' as const)),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ cuts, exceptions }): RecordingWeek => {
    const spans: RecordingWeek['spans'] = [];
    for (const c of cuts) {
      const span = { day: c.day, fromMin: c.at * 15, toMin: Math.min(1440, (c.at + c.length) * 15), mode: c.mode };
      if (spans.every((s) => s.day !== span.day || s.toMin <= span.fromMin || span.toMin <= s.fromMin))
        spans.push(span);
    }
    const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
    return {
      spans,
      exceptions: exceptions.map((e) => {
        const from = Date.UTC(2026, e.month - 1, e.day);
        return {
          name: '',
          fromDay: iso(from),
          toDay: iso(from + e.length * 86_400_000),
          yearly: e.yearly,
          mode: e.mode,
        };
      }),
    };
  });
const moment = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 3, 1) });

/** What a person reads off a wall calendar and clock, by Intl alone. */
function byHand(w: RecordingWeek, zone: string, atMs: number): RecordingMode {
  const part = Object.fromEntries(
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
      .formatToParts(atMs)
      .map((p) => [p.type, p.value]),
  );
  const date = `${part['year']}-${part['month']}-${part['day']}`;
  for (const e of w.exceptions) {
    const [d, from, to] = e.yearly ? [date.slice(5), e.fromDay.slice(5), e.toDay.slice(5)] : [date, e.fromDay, e.toDay];
    if (from <= to ? d >= from && d <= to : d >= from || d <= to) return e.mode;
  }
  const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part['weekday'] ?? '');
  const min = Number(part['hour']) * 60 + Number(part['minute']);
  return w.spans.find((s) => s.day === day && min >= s.fromMin && min < s.toMin)?.mode ?? 'off';
}

describe('a weekly schedule', () => {
  it('says what calendar and clock say, also around changes of summer time, and holds up to the moment that it names', () => {
    const zones = new Map(names.map((n) => [n, createTimeZone(n)]));
    // Hours around the changes of 2026 in these zones count for more than the rest of the year.
    const changes = [
      Date.UTC(2026, 2, 29, 1),
      Date.UTC(2026, 9, 25, 1),
      Date.UTC(2026, 2, 8, 7),
      Date.UTC(2026, 3, 4, 15),
    ];
    const near = fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -90_000_000, max: 90_000_000 }));
    const when = fc.oneof(
      moment,
      near.map(([at, by]) => at + by),
    );
    fc.assert(
      fc.property(
        week,
        fc.constantFrom(...names),
        when,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (w, name, at, part) => {
          const zone = zones.get(name);
          if (zone === undefined) return;
          const now = modeAt({ by: 'week', week: w }, none, zone, at);
          expect(now.mode).toBe(byHand(w, name, at));
          if (now.untilMs !== null) {
            expect(now.untilMs).toBeGreaterThan(at);
            expect(byHand(w, name, now.untilMs)).not.toBe(now.mode);
          }
          const inside = Math.floor(at + ((now.untilMs ?? at + 691_200_000) - at) * part);
          expect(byHand(w, name, inside), new Date(inside).toISOString()).toBe(now.mode);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('has an hour that occurs twice twice, and one that is skipped not at all', () => {
    const zone = createTimeZone('Europe/Paris');
    const sunday = (fromMin: number, toMin: number) => ({
      by: 'week' as const,
      week: { spans: [{ day: 6, fromMin, toMin, mode: 'continuous' as const }], exceptions: [] },
    });
    const lasts = (fromMin: number, toMin: number, day: number): number =>
      continuousWithin(sunday(fromMin, toMin), none, zone, day, day + 2 * 86_400_000).reduce(
        (sum, s) => sum + s.toMs - s.fromMs,
        0,
      ) / 60_000;
    expect(lasts(120, 180, Date.UTC(2026, 9, 24))).toBe(120);
    expect(lasts(120, 180, Date.UTC(2026, 2, 28))).toBe(0);
    expect(lasts(60, 240, Date.UTC(2026, 2, 28))).toBe(120);
    expect(lasts(0, 1440, Date.UTC(2026, 9, 24))).toBe(25 * 60);
  });

  it('takes the first exception that holds, yearly ones also over a new year', () => {
    const zone = createTimeZone('Europe/Paris');
    const w: RecordingWeek = {
      spans: [],
      exceptions: [
        { name: 'Stocktaking', fromDay: '2026-12-31', toDay: '2026-12-31', yearly: false, mode: 'motion' },
        { name: 'Holidays', fromDay: '2020-12-24', toDay: '2021-01-02', yearly: true, mode: 'continuous' },
      ],
    };
    const at = (day: string): RecordingMode =>
      modeAt({ by: 'week', week: w }, none, zone, Date.parse(`${day}T12:00:00Z`)).mode;
    expect(['2026-12-23', '2026-12-24', '2026-12-31', '2027-01-02', '2027-01-03', '2027-12-31'].map(at)).toEqual([
      'off',
      'continuous',
      'motion',
      'continuous',
      'off',
      'continuous',
    ]);
  });

  it('records always where its schedule is not there any more', () => {
    const scheduleId = '01JD0000000000000000000000' as ScheduleId;
    expect(modeAt({ by: 'schedule', scheduleId }, none, createTimeZone('UTC'), 0)).toEqual({
      mode: 'continuous',
      untilMs: null,
    });
  });

  it('refuses spans that overlap, that are not on the grain, and exceptions that end before they start', () => {
    const span = (fromMin: number, toMin: number) => ({ day: 1, fromMin, toMin, mode: 'motion' });
    const ok = (value: unknown): boolean => RecordingWeek.safeParse(value).success;
    expect(ok({ spans: [span(0, 60), span(60, 75)] })).toBe(true);
    expect(ok({ spans: [span(0, 60), span(45, 75)] })).toBe(false);
    expect(ok({ spans: [span(0, 50)] })).toBe(false);
    expect(ok({ spans: [span(60, 60)] })).toBe(false);
    const exception = (fromDay: string, toDay: string, yearly: boolean) => ({
      spans: [],
      exceptions: [{ name: '', fromDay, toDay, yearly, mode: 'off' }],
    });
    expect(ok(exception('2026-05-02', '2026-05-01', false))).toBe(false);
    expect(ok(exception('2026-12-24', '2026-01-02', true))).toBe(true);
    expect(ok(exception('2026-02-30', '2026-03-01', false))).toBe(false);
    expect(RecordingPlan.parse({})).toMatchObject({
      when: { by: 'mode', mode: 'continuous' },
      preRollS: 5,
      audio: true,
    });
  });
});
