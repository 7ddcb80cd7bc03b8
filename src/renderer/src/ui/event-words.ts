/** What an event says, in one line. */
import { FailedReason } from '#domain/analysis-trouble.ts';
import type { CameraView } from '#domain/camera.ts';
import type { Event, EventKind, EventLook } from '#domain/event.ts';
import type { CameraId } from '#domain/id.ts';
import { ModelReason, ModelTask } from '#domain/model.ts';
import { PlateListKind } from '#domain/plate-list.ts';
import { StreamTrouble } from '#domain/stream.ts';
import { bytesOf, dateTimeOf, durationOf, numberOf, percentOf } from '../text/format.ts';
import { t } from '../text/index.ts';
import { changeHead, changeLines } from './change-words.ts';
import { classWord } from './class-words.ts';
import { closerWordsOf } from './closer-words.ts';
import { diskCalled } from './disk-name.ts';

export function eventTitle(event: Event): string {
  const title = event.data.title;
  if (event.kind === 'external' && typeof title === 'string') return title;
  // What it was says more than that something was.
  if (event.kind === 'object' && event.look?.class) return classWord(event.look.class);
  return t(`events.kind.${event.kind}`);
}

/** Of these it matters which one it was, as the camera names it. */
const named: ReadonlySet<EventKind> = new Set(['digital-input', 'line-crossed', 'field-entered']);
const endings = ['connection-lost', 'station-stopped', 'maintenance', 'learned', 'unwatched'] as const;
const changes = [
  'on',
  'off',
  'rotated',
  'destroyed',
  'passphrase-set',
  'passphrase-removed',
  'recovery-key',
  'unlocked',
] as const;
const isChange = (value: unknown): value is (typeof changes)[number] => changes.some((c) => c === value);
/** Of these it is told which disk. */
const diskKinds: ReadonlySet<EventKind> = new Set([
  'disk-low',
  'disk-full',
  'disk-error',
  'disk-back',
  'folder-refused',
  'footage-locked',
  'footage-plain',
]);
/** Why a disk takes nothing. */
const refusals = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'ENOENT', 'ENODEV', 'EACCES', 'EPERM', 'ENOTDIR'] as const;
const isRefusal = (value: string): value is (typeof refusals)[number] => refusals.some((r) => r === value);
/** The same in words; `code`: errno. */
export const refusalWords = (code: string): string =>
  isRefusal(code) ? t(`events.detail.refused.${code}`) : t('events.detail.refused.other', { code });
const isEnding = (value: unknown): value is (typeof endings)[number] => endings.some((e) => e === value);

/** Why pictures are looked at less often, or not at all, and what to do about it. */
const slow = ['busy', 'key-frames'] as const;
export function analysisWords({ why, part }: { why?: unknown; part?: unknown }): string {
  const [less, none] = [slow.find((w) => w === why), FailedReason.options.find((w) => w === why)];
  if (less !== undefined)
    return t(`events.detail.analysisSlow.${less}`, { part: percentOf(typeof part === 'number' ? part : 0) });
  return none === undefined ? '' : t(`events.detail.analysisFailed.${none}`);
}

/** From which model to which, why, and whose doing it was. */
function modelDetail({ data: { task, model, was, why, by } }: Event): string {
  const [matter, because] = [ModelTask.safeParse(task), ModelReason.safeParse(why)];
  const name = (one: unknown): string => (typeof one === 'string' ? one : t('events.detail.noModel'));
  return [
    matter.success ? t(`analysis.list.task.${matter.data}`) : '',
    `${name(was)} → ${name(model)}`,
    because.success ? t(`events.detail.model.${because.data}`) : '',
    typeof by === 'string' ? by : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The plate that was read; null: it is about something else. */
export const plateOf = (event: Event): string | null =>
  event.kind === 'plate' && event.look?.text ? event.look.text : null;

/** What the station's own analysis knows of it, the most telling first. */
function lookDetail(event: Event, look: EventLook, plate: boolean): string {
  const { source, kmh, counted, matter, peakDb, listKind, list, label } = event.data;
  const kind = PlateListKind.safeParse(listKind);
  return [
    plate || event.kind !== 'plate' ? look.text : '',
    kind.success ? t(`plates.kind.${kind.data}`) : '',
    kind.success && typeof list === 'string' ? list : '',
    kind.success && typeof label === 'string' ? label : '',
    look.class === null || look.class === 'plate' || event.kind === 'object' ? '' : classWord(look.class),
    look.score === null || look.class === null ? '' : percentOf(look.score),
    typeof source === 'string' ? source : '',
    event.data.by === 'both' ? t('events.detail.both') : '',
    counted === 'in' ? t('watching.line.inShort') : counted === 'out' ? t('watching.line.outShort') : '',
    matter === 'loud' || matter === 'sudden' ? t(`events.detail.matter.${matter}`) : '',
    typeof peakDb === 'number' ? t('events.detail.level', { db: numberOf(peakDb) }) : '',
    typeof kmh === 'number' ? `${numberOf(kmh)} km/h` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The reason or text that came with it; empty if none did. `whole` false: its plate, and what was changed, are shown beside it. */
export function eventDetail(event: Event, whole = true): string {
  if (event.look)
    return [lookDetail(event, event.look, whole), ...(event.closer ? closerWordsOf(event.closer, false) : [])]
      .filter(Boolean)
      .join(' · ');
  const head = changeHead(event);
  if (head !== null) return [head, ...(whole ? changeLines(event) : [])].filter(Boolean).join(' · ');
  const trouble = StreamTrouble.safeParse(event.data.trouble ?? event.data.reason);
  if (trouble.success) return t(`trouble.short.${trouble.data}`);
  const text = event.kind === 'maintenance' ? null : (event.data.text ?? event.data.detail);
  if (typeof text === 'string') return text;
  if (event.kind === 'encryption-changed') {
    const { change, by } = event.data;
    return [diskOf(event.data), isChange(change) ? t(`events.detail.encryption.${change}`) : '', by]
      .filter(Boolean)
      .join(' · ');
  }
  if (event.kind === 'analysis-slow' || event.kind === 'analysis-failed') return analysisWords(event.data);
  if (event.kind === 'model-changed') return modelDetail(event);
  if (event.kind === 'back-filled') {
    const { seconds, bytes } = event.data;
    if (typeof seconds !== 'number' || typeof bytes !== 'number') return '';
    return t('events.detail.fetched', { duration: durationOf(seconds * 1000), size: bytesOf(bytes) });
  }
  if (event.kind === 'clock-jumped') {
    const { byMs, exact } = event.data;
    if (typeof byMs !== 'number') return '';
    const by = durationOf(Math.abs(byMs));
    if (exact === false) return t('events.detail.clockAtLeast', { by });
    return byMs < 0 ? t('events.detail.clockBack', { by }) : t('events.detail.clockForward', { by });
  }
  if (event.kind === 'minimum-ahead') {
    const { camera, days, shortAtMs } = event.data;
    if (typeof days !== 'number' || typeof shortAtMs !== 'number') return '';
    const kept = t('events.detail.minimumAhead', { days: numberOf(days), at: dateTimeOf(shortAtMs) });
    return [camera, kept, diskOf(event.data)].filter(Boolean).join(' · ');
  }
  if (event.kind === 'minimum-broken') {
    const { camera, days, keptDays } = event.data;
    const whose =
      typeof days !== 'number' || typeof keptDays !== 'number'
        ? ''
        : t('events.detail.minimumBroken', { days: numberOf(days), kept: numberOf(keptDays, 1) });
    return [camera, whose, diskOf(event.data)].filter(Boolean).join(' · ');
  }
  if (event.kind === 'recording-moved') {
    const { from, fromVolume, to, toVolume, streams } = event.data;
    const moved = [diskCalled({ name: from, volume: fromVolume }), diskCalled({ name: to, volume: toVolume })];
    return [
      moved.includes('') ? '' : moved.join(' → '),
      typeof streams === 'number' ? t('events.detail.streams', { count: streams }) : '',
    ]
      .filter(Boolean)
      .join(' · ');
  }
  if (diskKinds.has(event.kind)) {
    const { camera, code, path } = event.data;
    // Of a folder the disk's name is not enough.
    const where = event.kind === 'folder-refused' && path !== '' ? [event.data.disk, path] : [diskOf(event.data)];
    return [camera, ...where, typeof code === 'string' ? refusalWords(code) : ''].filter(Boolean).join(' · ');
  }
  if (event.kind === 'disk-slow') {
    const { lagMs, streams, lost } = event.data;
    return [
      diskOf(event.data),
      typeof lagMs === 'number' && lagMs > 0 ? t('events.detail.behind', { seconds: numberOf(lagMs / 1000, 1) }) : '',
      typeof streams === 'number' && streams > 0 ? t('events.detail.subsYield', { count: streams }) : '',
      lost === true ? t('events.detail.mainsLose') : '',
    ]
      .filter(Boolean)
      .join(' · ');
  }
  if (event.kind === 'station-suspended')
    return typeof event.data.forMs === 'number' ? t('events.detail.slept', { by: durationOf(event.data.forMs) }) : '';
  const { source, times, flood, ended } = event.data;
  const parts: string[] = [];
  if (event.kind === 'maintenance' && typeof event.data.text === 'string')
    parts.push(event.data.text, typeof event.data.by === 'string' ? event.data.by : '');
  if (typeof source === 'string' && named.has(event.kind)) parts.push(source);
  if (typeof times === 'number') parts.push(t('events.detail.times', { count: times }));
  if (flood === true) parts.push(t('events.detail.flood'));
  if (isEnding(ended)) parts.push(t(`events.detail.${ended}`));
  return parts.join(' · ');
}

const diskOf = ({ disk, path, volume }: Event['data']): string => diskCalled({ name: disk, path, volume });

export function eventPlace(event: Event, byId: ReadonlyMap<CameraId, CameraView>): string {
  if (event.cameraId === null) return t('events.station');
  const camera = byId.get(event.cameraId);
  if (camera) return camera.name;
  const name = event.data.camera ?? event.data.name;
  return typeof name === 'string' ? name : t('events.goneCamera');
}
