/** What a person changed, in words: a line for each field, as it was and as it is. */
import { changesOf, type Changed, type Said } from '#domain/change.ts';
import { EventKind, Severity, type Event } from '#domain/event.ts';
import { RecordingMode, minutesOfDay } from '#domain/recording-plan.ts';
import { exceptionOf, scheduleNamed, spansOf } from '#domain/said-recording.ts';
import { clockOfMinutes, dayMs } from '#domain/time.ts';
import { SyncPolicy } from '#domain/volume.ts';
import { bytesOf, calendarDayOf, dateTimeOf, daysOf, numberOf, printOf, spanOf, weekdayOf } from '../text/format.ts';
import { t } from '../text/index.ts';

const nothing = (): string => t('changes.nothing');
const number = (said: Said, words: (n: number) => string, none: () => string = nothing): string =>
  typeof said === 'number' ? words(said) : none();
const days = (none: () => string) => (said: Said) => number(said, (n) => daysOf(n * dayMs), none);
const bytes = (none: () => string) => (said: Said) => number(said, bytesOf, none);
const span = (ms: number) => (said: Said) => number(said, (n) => spanOf(n * ms));
const rate = (said: Said): string =>
  number(
    said,
    (n) => `${numberOf(n, Number.isInteger(n) ? 0 : 1)} Mbit/s`,
    () => t('archive.noLimit'),
  );
const text =
  (none: () => string = nothing) =>
  (said: Said): string =>
    said === null || said === '' ? none() : String(said);
const yesNo = (said: Said): string => t(said === true ? 'changes.value.yes' : 'changes.value.no');
const whole = (said: Said): string => number(said, numberOf);

function when(said: Said): string {
  const mode = RecordingMode.safeParse(said);
  if (mode.success) return t(`recording.mode.${mode.data}`);
  const name = scheduleNamed(String(said));
  return name === null ? t('recording.when.week') : t('recording.when.schedule', { name });
}
function dayWords(said: Said): string {
  const spans = spansOf(String(said));
  const [first] = spans;
  if (first === undefined) return t('changes.value.offAllDay');
  if (first.fromMin === 0 && first.toMin === minutesOfDay) return t(`recording.mode.${first.mode}`);
  return spans
    .map((s) => `${clockOfMinutes(s.fromMin)}–${clockOfMinutes(s.toMin)} ${t(`recording.mode.${s.mode}`)}`)
    .join(', ');
}
function exceptionWords(said: Said): string {
  const of = exceptionOf(String(said));
  if (of === null) return String(said);
  const [from, to] = [calendarDayOf(of.fromDay, !of.yearly), calendarDayOf(of.toDay, !of.yearly)];
  return [of.name, from === to ? from : `${from} – ${to}`, of.yearly ? t('recording.exception.yearly') : '']
    .filter(Boolean)
    .concat(t(`recording.mode.${of.mode}`))
    .join(', ');
}

const room = (): string => t('retention.empty');
const fields = {
  own: (said: Said) => t(said === true ? 'changes.value.own' : 'changes.value.shared'),
  maxDays: days(room),
  minDays: (said: Said) => (said === 0 ? nothing() : days(nothing)(said)),
  maxBytes: bytes(room),
  eventDays: days(() => t('retention.emptyEvents')),
  legalDays: days(nothing),
  eventKinds: text(),
  eventSeverity: (said: Said) => {
    const of = Severity.safeParse(said);
    return of.success ? t(`events.severity.${of.data}`) : t('retention.noSeverity');
  },
  eventBeforeMs: span(1),
  eventAfterMs: span(1),
  pictureBytes: bytes(nothing),
  archive: text(() => t('archive.rule.stays')),
  mode: (said: Said) => (said === 'move' || said === 'copy' ? t(`archive.rule.${said}`) : nothing()),
  afterDays: days(nothing),
  keepDays: days(() => t('archive.rule.ever')),
  reason: text(),
  owner: text(),
  untilMs: (said: Said) => number(said, dateTimeOf, () => t('kept.hold.untilLifted')),
  name: text(),
  weight: whole,
  reserveBytes: bytes(() => t('storage.disk.field.reserveEmpty')),
  sync: (said: Said) => {
    const of = SyncPolicy.safeParse(said);
    return of.success ? t(`storage.disk.sync.${of.data}`) : nothing();
  },
  paused: yesNo,
  place: text(),
  region: text(),
  accessKey: text(),
  secret: () => t('changes.value.given'),
  hours: text(() => t('archive.allDay')),
  rateWithin: rate,
  rateOutside: rate,
  when,
  kinds: text(),
  preRollS: span(1000),
  postRollS: span(1000),
  audio: yesNo,
  zone: text(),
  number: whole,
  group: text(),
  enabled: yesNo,
  url: text(),
  device: text(),
  certificate: (said: Said) => (typeof said === 'string' && said !== '' ? printOf(said) : nothing()),
  username: text(),
  password: (said: Said) => t(said === 'given' ? 'changes.value.given' : 'changes.value.forgotten'),
  tags: text(),
  notes: text(),
} as const;
type Field = keyof typeof fields;
const isField = (name: string): name is Field => name in fields;

/** Of lists only what is there no more, and what is new. */
function listWords({ was, is }: Changed): string {
  const [old, now] = [was, is].map((said) => (typeof said === 'string' ? said.split(' ').filter(Boolean) : []));
  const words = (kinds: string[]): string =>
    kinds
      .map((k) => {
        const kind = EventKind.safeParse(k);
        return kind.success ? t(`events.kind.${kind.data}`) : k;
      })
      .join(', ');
  const gone = words((old ?? []).filter((k) => now?.includes(k) !== true));
  const fresh = words((now ?? []).filter((k) => old?.includes(k) !== true));
  return [
    gone === '' ? '' : t('changes.without', { what: gone }),
    fresh === '' ? '' : t('changes.with', { what: fresh }),
  ]
    .filter(Boolean)
    .join(t('app.sign.semicolon'));
}

function line(changed: Changed): string {
  const [, kind, name = ''] = /^(?:(main|sub)\.)?(.+)$/.exec(changed.field) ?? [];
  const day = /^day([0-6])$/.exec(name)?.[1];
  const plain =
    day !== undefined
      ? weekdayOf(Number(day))
      : name.startsWith('exception')
        ? t('recording.exception.title')
        : isField(name)
          ? t(`changes.field.${name}`)
          : name;
  const field =
    kind === 'main' || kind === 'sub'
      ? t('changes.ofStream', { stream: t(`archive.rule.${kind}`), field: plain })
      : plain;
  if (name === 'kinds' || name === 'eventKinds') return t('changes.said', { field, is: listWords(changed) });
  const format =
    day !== undefined
      ? dayWords
      : name.startsWith('exception')
        ? exceptionWords
        : isField(name)
          ? fields[name]
          : String;
  const [was, is] = [changed.was, changed.is].map((said) => (said === undefined ? null : format(said)));
  // Of secrets nothing is told but that there is another one.
  if (name === 'secret' || name === 'password') return t('changes.said', { field, is: is ?? nothing() });
  if (was == null) return t('changes.said', { field, is: is ?? nothing() });
  return t('changes.line', { field, was, is: is ?? nothing() });
}

/** Events that tell what a person changed, held, or deleted. */
export const changeKinds = [
  'retention-changed',
  'tiering-changed',
  'schedule-changed',
  'hold-placed',
  'hold-changed',
  'hold-lifted',
  'footage-deleted',
  'volume-added',
  'volume-changed',
  'volume-removed',
  'archive-changed',
  'encryption-changed',
  'camera-added',
  'camera-changed',
  'camera-removed',
  'manual-recording',
] as const satisfies EventKind[];
const known: ReadonlySet<EventKind> = new Set(changeKinds);
export const isChangeKind = (kind: EventKind): boolean => known.has(kind);

/** What begins with nothing on a day says nothing by it. */
const isPlain = ({ field, was, is }: Changed): boolean => was === undefined && is === '' && /\bday[0-6]$/.test(field);

/** A line for each field that is another now; none: the event is about something else. */
export const changeLines = ({ data }: Event): string[] =>
  changesOf(data)
    .filter((changed) => !isPlain(changed))
    .map(line);

/** What was changed, why, and by whom, without the fields; null: the event is about something else. */
export function changeHead({ kind, data }: Event): string | null {
  if (!isChangeKind(kind) || kind === 'encryption-changed') return null;
  const { path, disk, archive, schedule, group, change, text: why, by, endedBy, was, spanFromMs, spanToMs } = data;
  const volume = kind === 'volume-added' || kind === 'volume-changed' || kind === 'volume-removed';
  return [
    volume ? disk : null,
    volume ? path : null,
    volume && typeof was === 'string' ? t('events.detail.volumeWas', { path: was }) : null,
    archive,
    schedule,
    group,
    change === 'added' || change === 'changed' || change === 'removed' ? t(`changes.is.${change}`) : null,
    why,
    typeof spanFromMs === 'number' && typeof spanToMs === 'number'
      ? t('changes.span', { from: dateTimeOf(spanFromMs), to: dateTimeOf(spanToMs) })
      : null,
    typeof by === 'string' ? t('changes.by', { by }) : null,
    typeof endedBy === 'string' ? t('changes.endedBy', { by: endedBy }) : null,
  ]
    .filter(Boolean)
    .join(' · ');
}
