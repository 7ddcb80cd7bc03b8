/** When a stream is recorded: what a person asks for, and what of it holds at a moment. */
import { z } from 'zod';
import { EventKind } from './event.ts';
import { hourMs } from './time.ts';
import type { WallTime, TimeZone } from './time-zone.ts';

/** off · continuous · motion: while something moves · events: while something of the plan's kinds happens. */
export const RecordingMode = z.enum(['off', 'continuous', 'motion', 'events']);
export type RecordingMode = z.infer<typeof RecordingMode>;

/** Events that can make a stream be recorded. */
export const TriggerKind = EventKind.extract([
  'motion',
  'line-crossed',
  'field-entered',
  'tamper',
  'digital-input',
  'sound',
  'object',
  'zone-entered',
  'zone-left',
  'loitering',
  'crowd',
  'object-left',
  'object-taken',
  'wrong-way',
  'speeding',
  'plate',
  'speech',
  'external',
  'picture-covered',
  'picture-moved',
  'picture-dark',
  'picture-frozen',
]);
export type TriggerKind = z.infer<typeof TriggerKind>;

export const usualTriggers: readonly TriggerKind[] = [
  'motion',
  'line-crossed',
  'field-entered',
  'tamper',
  'digital-input',
  'sound',
  'object',
  'zone-entered',
  'loitering',
  'crowd',
  'object-left',
  'object-taken',
  'wrong-way',
  'speeding',
  'plate',
  'speech',
  'external',
];

/** The grain of a week, minutes: every time zone of today is off UTC by a multiple of it. */
export const weekGrainMin = 15;
const grainMs = weekGrainMin * 60_000;
export const minutesOfDay = 1440;

/** A painted span of one day of the week; what is not painted is off. `day` 0 is Monday; minutes of the station's local day. */
export const WeekSpan = z
  .object({
    day: z.number().int().min(0).max(6),
    fromMin: z.number().int().min(0).max(minutesOfDay).multipleOf(weekGrainMin),
    toMin: z.number().int().min(0).max(minutesOfDay).multipleOf(weekGrainMin),
    mode: RecordingMode.exclude(['off']),
  })
  .refine((s) => s.toMin > s.fromMin, {
    message: 'a span must end after it starts',
    path: ['toMin'],
    params: { why: 'order' },
  });
export type WeekSpan = z.infer<typeof WeekSpan>;

/** A day as calendars write it, 2026-12-24. */
export const CalendarDay = z.iso.date();

/** Days on which the week does not hold, both included. `yearly`: only month and day count (and may run over a new year). */
export const RecordingException = z
  .object({
    name: z.string().trim().max(80),
    fromDay: CalendarDay,
    toDay: CalendarDay,
    yearly: z.boolean(),
    mode: RecordingMode,
  })
  .refine((e) => e.yearly || e.toDay >= e.fromDay, {
    message: 'ends before it starts',
    path: ['toDay'],
    params: { why: 'order' },
  });
export type RecordingException = z.infer<typeof RecordingException>;

/** A week, and days on which it does not hold; of several exceptions that hold for a day the first counts. */
export const RecordingWeek = z.object({
  spans: z
    .array(WeekSpan)
    .max((7 * minutesOfDay) / weekGrainMin)
    .refine((spans) => !overlap(spans), {
      message: 'spans of one day must not overlap',
      params: { why: 'overlap' },
    }),
  exceptions: z.array(RecordingException).max(200).default([]),
});
export type RecordingWeek = z.infer<typeof RecordingWeek>;

function overlap(spans: readonly WeekSpan[]): boolean {
  const sorted = [...spans].sort((a, b) => a.day - b.day || a.fromMin - b.fromMin);
  return sorted.some((s, i) => sorted[i + 1]?.day === s.day && (sorted[i + 1]?.fromMin ?? 0) < s.toMin);
}

export const ScheduleId = z
  .string()
  .regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'not an id')
  .brand<'ScheduleId'>();
export type ScheduleId = z.infer<typeof ScheduleId>;

/** A week under a name, for as many cameras as like. */
export const RecordingSchedule = z.object({
  id: ScheduleId,
  name: z.string().trim().min(1, 'a schedule needs a name').max(80),
  week: RecordingWeek,
});
export type RecordingSchedule = z.infer<typeof RecordingSchedule>;

export const RecordingWhen = z.discriminatedUnion('by', [
  z.object({ by: z.literal('mode'), mode: RecordingMode }),
  z.object({ by: z.literal('week'), week: RecordingWeek }),
  z.object({ by: z.literal('schedule'), scheduleId: ScheduleId }),
]);
export type RecordingWhen = z.infer<typeof RecordingWhen>;

export const longestPreRollS = 60;
export const longestPostRollS = 3600;

/** What is asked of one stream. */
export const RecordingPlan = z.object({
  when: RecordingWhen.default({ by: 'mode', mode: 'continuous' }),
  /** What counts in the mode `events`. */
  kinds: z
    .array(TriggerKind)
    .min(1)
    .max(TriggerKind.options.length)
    .default([...usualTriggers]),
  /** Seconds before a trigger that are on disk too. */
  preRollS: z.number().int().min(0).max(longestPreRollS).default(5),
  /** Seconds that are recorded on after the last trigger has ended. */
  postRollS: z.number().int().min(0).max(longestPostRollS).default(10),
  /** Whether sound is written to disk. */
  audio: z.boolean().default(true),
});
export type RecordingPlan = z.infer<typeof RecordingPlan>;

/** Whether any of a camera's streams is recorded by that schedule. */
export const goesBy = (
  { main, sub }: { main: { plan: RecordingPlan }; sub: { plan: RecordingPlan } | null },
  schedule: ScheduleId,
): boolean => [main, sub].some((s) => s?.plan.when.by === 'schedule' && s.plan.when.scheduleId === schedule);

const planOf = (mode: RecordingMode): RecordingPlan => RecordingPlan.parse({ when: { by: 'mode', mode } });
export const recordAlways: RecordingPlan = planOf('continuous');
export const recordNever: RecordingPlan = planOf('off');
export const recordOnEvents: RecordingPlan = planOf('events');

/** Choices that need no further thought. low-high: the small picture always, the large one when something happens. */
export const RecordingPreset = z.enum(['always', 'events', 'low-high', 'never']);
export type RecordingPreset = z.infer<typeof RecordingPreset>;

/** The plans of a preset. Without a sub stream, `low-high` records the main one always: nothing must be lost. */
export function plansOf(preset: RecordingPreset, hasSub: boolean): { main: RecordingPlan; sub: RecordingPlan } {
  switch (preset) {
    case 'always':
      return { main: recordAlways, sub: recordNever };
    case 'events':
      return { main: recordOnEvents, sub: recordNever };
    case 'low-high':
      return { main: hasSub ? recordOnEvents : recordAlways, sub: recordAlways };
    case 'never':
      return { main: recordNever, sub: recordNever };
  }
}

/** The plan may ask for recording at some time. */
export const mayRecord = (plan: RecordingPlan): boolean => plan.when.by !== 'mode' || plan.when.mode !== 'off';

export type ModeNow = {
  mode: RecordingMode;
  /** When it will be another; null: not within eight days. */
  untilMs: number | null;
};

const twoDigits = (n: number): string => String(n).padStart(2, '0');

/** 0 is Monday. */
const weekDay = (w: WallTime): number => (new Date(Date.UTC(w.year, w.month - 1, w.day)).getUTCDay() + 6) % 7;

/** What a week says of a moment. Days and minutes are those of `zone`: an hour that occurs twice counts twice. */
function weekMode(week: RecordingWeek, zone: TimeZone, atMs: number): RecordingMode {
  const w = zone.wall(atMs);
  const monthDay = `${twoDigits(w.month)}-${twoDigits(w.day)}`;
  const date = `${String(w.year).padStart(4, '0')}-${monthDay}`;
  for (const e of week.exceptions) if (exceptionHolds(e, date, monthDay)) return e.mode;
  const day = weekDay(w);
  const min = w.hour * 60 + w.minute;
  return week.spans.find((s) => s.day === day && s.fromMin <= min && min < s.toMin)?.mode ?? 'off';
}

function exceptionHolds(e: RecordingException, date: string, monthDay: string): boolean {
  if (!e.yearly) return e.fromDay <= date && date <= e.toDay;
  const [from, to] = [e.fromDay.slice(5), e.toDay.slice(5)];
  return from <= to ? from <= monthDay && monthDay <= to : monthDay >= from || monthDay <= to;
}

/** The next moment after `atMs` at which a week can say otherwise: the end of a span, of the day, or a change of local time. */
function nextBound(week: RecordingWeek, zone: TimeZone, atMs: number): number {
  const w = zone.wall(atMs);
  const day = weekDay(w);
  const min = w.hour * 60 + w.minute;
  let bound = minutesOfDay;
  for (const s of week.spans) {
    if (s.day !== day) continue;
    if (s.fromMin > min) bound = Math.min(bound, s.fromMin);
    else if (s.toMin > min) bound = Math.min(bound, s.toMin);
  }
  const next = atMs - w.second * 1000 - w.ms + (bound - min) * 60_000;
  // Local time changes at whole quarters of an hour, by whole quarters.
  return zone.offsetMs(next) === zone.offsetMs(atMs) ? next : (Math.floor(atMs / grainMs) + 1) * grainMs;
}

const lookAheadMs = 8 * 24 * hourMs;

/** The mode that holds at a moment. A schedule that is not there any more records continuously: nothing is lost by a mistake. */
export function modeAt(
  when: RecordingWhen,
  schedules: ReadonlyMap<ScheduleId, RecordingSchedule>,
  zone: TimeZone,
  atMs: number,
): ModeNow {
  if (when.by === 'mode') return { mode: when.mode, untilMs: null };
  const week = when.by === 'week' ? when.week : schedules.get(when.scheduleId)?.week;
  if (week === undefined) return { mode: 'continuous', untilMs: null };
  const mode = weekMode(week, zone, atMs);
  for (let next = nextBound(week, zone, atMs); next <= atMs + lookAheadMs; next = nextBound(week, zone, next))
    if (weekMode(week, zone, next) !== mode) return { mode, untilMs: next };
  return { mode, untilMs: null };
}

/** The spans of [fromMs, toMs) in which a plan asks for continuous recording, in order. */
export function continuousWithin(
  when: RecordingWhen,
  schedules: ReadonlyMap<ScheduleId, RecordingSchedule>,
  zone: TimeZone,
  fromMs: number,
  toMs: number,
): { fromMs: number; toMs: number }[] {
  const out: { fromMs: number; toMs: number }[] = [];
  for (let at = fromMs; at < toMs; ) {
    const { mode, untilMs } = modeAt(when, schedules, zone, at);
    const end = Math.min(untilMs ?? toMs, toMs);
    if (mode === 'continuous') out.push({ fromMs: at, toMs: end });
    at = end;
  }
  return out;
}
