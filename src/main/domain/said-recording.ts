/** What is said of when cameras are recorded, field by field, for the events that tell who changed it. Pure. */
import { z } from 'zod';
import { ofStream, type SaidFields } from './change.ts';
import type { Camera } from './camera.ts';
import { shownUrl } from './stream.ts';
import {
  CalendarDay,
  RecordingMode,
  type RecordingException,
  type RecordingPlan,
  type RecordingSchedule,
  type RecordingWeek,
  type ScheduleId,
} from './recording-plan.ts';

/** Before the name of a schedule, where a stream goes by one. */
const schedulePrefix = 'schedule:';
export const scheduleNamed = (when: string): string | null =>
  when.startsWith(schedulePrefix) ? when.slice(schedulePrefix.length) : null;

const letters = { continuous: 'c', motion: 'm', events: 'e' } as const;
export type SaidSpan = { fromMin: number; toMin: number; mode: keyof typeof letters };

/** Spans of one day: `480-1080c`, with a comma between them; empty: off all day. 15 minutes each at least, so it always fits. */
const daySaid = (week: RecordingWeek, day: number): string =>
  week.spans
    .filter((s) => s.day === day)
    .toSorted((a, b) => a.fromMin - b.fromMin)
    .map((s) => `${String(s.fromMin)}-${String(s.toMin)}${letters[s.mode]}`)
    .join(',');

/** The same read back; what cannot be read is left out. */
export const spansOf = (said: string): SaidSpan[] =>
  said.split(',').flatMap((span) => {
    const [, from, to, letter] = /^(\d+)-(\d+)([cme])$/.exec(span) ?? [];
    const mode = (['continuous', 'motion', 'events'] as const).find((m) => letters[m] === letter);
    return mode === undefined ? [] : [{ fromMin: Number(from), toMin: Number(to), mode }];
  });

const SaidException = z.object({
  fromDay: CalendarDay,
  toDay: CalendarDay,
  yearly: z.boolean(),
  mode: RecordingMode,
  name: z.string(),
});
const exceptionSaid = ({ fromDay, toDay, yearly, mode, name }: RecordingException): string =>
  [fromDay, toDay, yearly ? 'yearly' : 'once', mode, name].join(' ');
/** null: it cannot be read. */
export function exceptionOf(said: string): z.infer<typeof SaidException> | null {
  const [fromDay, toDay, how, mode, ...name] = said.split(' ');
  return SaidException.safeParse({ fromDay, toDay, yearly: how === 'yearly', mode, name: name.join(' ') }).data ?? null;
}

const days = [0, 1, 2, 3, 4, 5, 6] as const;
/** Of exceptions those alone that `other` has not: a list in which one is new must not tell all of them. */
const weekSaid = (week: RecordingWeek | null, other: RecordingWeek | null): SaidFields => {
  if (week === null) return {};
  const has = new Set(other?.exceptions.map(exceptionSaid));
  const mine = week.exceptions.map(exceptionSaid).filter((e) => !has.has(e));
  return Object.fromEntries([
    ...days.map((day) => [`day${String(day)}`, daySaid(week, day)] as const),
    ...mine.map((e, i) => [`exception${String(i + 1)}`, e] as const),
  ]);
};

type Named = (id: ScheduleId) => string;
const weekOf = (plan: RecordingPlan | null): RecordingWeek | null => (plan?.when.by === 'week' ? plan.when.week : null);
const planSaid = (plan: RecordingPlan | null, other: RecordingPlan | null, nameOf: Named): SaidFields =>
  plan === null
    ? {}
    : {
        when:
          plan.when.by === 'mode'
            ? plan.when.mode
            : plan.when.by === 'week'
              ? 'week'
              : schedulePrefix + nameOf(plan.when.scheduleId),
        ...weekSaid(weekOf(plan), weekOf(other)),
        kinds: plan.kinds.join(' '),
        preRollS: plan.preRollS,
        postRollS: plan.postRollS,
        audio: plan.audio,
      };

/** Of a camera, as far as it may be told (no password, not in addresses either); `other`: as it was, or will be. */
export function cameraFields(camera: Camera, other: Camera, nameOf: Named): SaidFields {
  const { name, number, group, enabled, username, tags, notes, main, sub, link } = camera;
  return {
    name,
    number,
    group,
    enabled,
    ...ofStream('main', { ...planSaid(main.plan, other.main.plan, nameOf), url: shownUrl(main.url) }),
    ...ofStream('sub', {
      ...planSaid(sub?.plan ?? null, other.sub?.plan ?? null, nameOf),
      url: sub === null ? null : shownUrl(sub.url),
    }),
    device: link === null ? null : shownUrl(link.url),
    certificate: link?.certificate ?? null,
    username,
    tags: tags.join(', '),
    notes,
  };
}

/** Of a week that cameras share; null: there is none (any more). */
export const scheduleSaid = (schedule: RecordingSchedule | null, other: RecordingSchedule | null): SaidFields =>
  schedule === null ? {} : { name: schedule.name, ...weekSaid(schedule.week, other?.week ?? null) };
