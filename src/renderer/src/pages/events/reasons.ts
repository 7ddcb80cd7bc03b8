/** What was decided for an event to be told, in words. */
import type { Event } from '#domain/event.ts';
import type { EventWhy } from '#domain/event-why.ts';
import { PlateListKind } from '#domain/plate-list.ts';
import { usualClasses } from '#domain/watch-zone.ts';
import type { CameraWatching } from '../../stores/watching.ts';
import { numberOf, percentOf, spanOf } from '../../text/format.ts';
import { t } from '../../text/index.ts';
import { whyWords } from './why-words.ts';
import { classWord } from '../../ui/class-words.ts';

const seconds = (s: number): string => spanOf(s * 1000);

/** The list that a plate is on, and the plate there where it is not the same. */
function listed({ look, data }: Event): string | null {
  const kind = PlateListKind.safeParse(data.listKind);
  if (!kind.success || typeof data.list !== 'string') return null;
  const plate = typeof data.listed === 'string' ? data.listed : (look?.text ?? '');
  return t('events.why.onList', { plate, list: data.list, kind: t(`plates.kind.${kind.data}`) });
}

/** `why`: what was decided, as it was set then; null: only `drawn` is known, what is set now. */
export function reasonsOf(event: Event, drawn: CameraWatching | null, why: EventWhy | null): string[] {
  const { look, kind, data } = event;
  const zone = drawn?.zones.find((z) => z.id === look?.zoneId);
  const line = drawn?.lines.find((l) => l.id === look?.lineId);
  const reasons: string[] = [];
  const push = (text: string | null): void => {
    if (text !== null && text !== '') reasons.push(text);
  };
  if (look === undefined) return [t('events.why.notOwn')];
  const what = look.class === null ? t('events.why.something') : classWord(look.class);
  // As it was called then, where it is gone meanwhile.
  const source = typeof data.source === 'string' ? data.source : null;
  const then = why?.is === 'object' ? why : null;
  const zoneName = look.zoneId === null ? null : (then?.place.zone ?? zone?.name ?? source);
  const lineName = then?.place.line ?? line?.name ?? source;
  const limit = (now: number | null | undefined): string => {
    const s = then?.time.neededMs == null ? now : then.time.neededMs / 1000;
    return s == null ? '?' : seconds(s);
  };
  const where = zoneName === null ? t('events.why.wholePicture') : t('events.why.inZone', { zone: zoneName });
  switch (kind) {
    case 'motion':
      push(
        why === null && drawn
          ? t('events.why.motion', {
              area: percentOf(drawn.settings.minArea, 1),
              seconds: seconds(drawn.settings.minMotionMs / 1000),
            })
          : null,
      );
      if (data.by === 'both') push(t('events.why.both'));
      break;
    case 'loitering':
      push(t('events.why.loitering', { what, where, limit: limit(zone?.triggers.loitersS) }));
      break;
    case 'crowd':
      push(t('events.why.crowd', { where, limit: then?.crowd?.limit ?? zone?.triggers.crowd ?? '?' }));
      break;
    case 'object-left':
      push(t('events.why.left', { what, where, limit: limit(zone?.triggers.leftS) }));
      break;
    case 'object-taken':
      push(t('events.why.taken', { what, where, limit: limit(zone?.triggers.takenS) }));
      break;
    case 'zone-entered':
      push(t('events.why.entered', { what, where }));
      break;
    case 'zone-left':
      push(t('events.why.wentOut', { what, where }));
      break;
    case 'object':
      push(t('events.why.present', { what, where }));
      break;
    case 'line-crossed':
    case 'wrong-way':
    case 'speeding':
      push(t(`events.why.${kind}`, { what, line: lineName ?? '?' }));
      if (typeof data.kmh === 'number')
        push(
          t('events.why.speed', {
            kmh: numberOf(data.kmh),
            limit: line?.speed?.limitKmh ? numberOf(line.speed.limitKmh) : '–',
          }),
        );
      break;
    case 'plate':
      push(t('events.why.plateRead', { where }));
      push(listed(event));
      break;
    default:
      push(t(`events.kind.${kind}`));
  }
  if (why !== null) for (const words of whyWords(why)) push(words);
  const filter = then?.place ?? zone ?? line;
  if (filter && look.class !== null && kind !== 'plate') {
    const classes = (filter.classes.length === 0 ? usualClasses : filter.classes).map(classWord).join(', ');
    push(t('events.why.classes', { classes }));
    if (look.score !== null && filter.minScore !== null)
      push(t('events.why.score', { score: percentOf(look.score), least: percentOf(filter.minScore) }));
    if (look.box && (filter.minHeight > 0 || filter.maxHeight < 1))
      push(
        t('events.why.height', {
          height: percentOf(look.box.height),
          least: percentOf(filter.minHeight),
          most: percentOf(filter.maxHeight),
        }),
      );
  }
  return reasons;
}
