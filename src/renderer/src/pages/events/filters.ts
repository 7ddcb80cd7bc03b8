/** What of the events is asked for, as it stands in the page's address. */
import { closerWords, type CloserLook } from '#domain/closer-look.ts';
import { ColourName } from '#domain/colour.ts';
import { hasPlatePart } from '#domain/decide/plate-match.ts';
import { EventKind, type Event } from '#domain/event.ts';
import { CameraId, LineId, ZoneId } from '#domain/id.ts';
import { ObjectClass } from '#domain/object-class.ts';
import { hourMs } from '#domain/time.ts';
import { changeKinds, isChangeKind } from '../../ui/change-words.ts';
import type { EventQuery } from '../../stores/events.ts';

export const spans = { hour: hourMs, day: 24 * hourMs, week: 168 * hourMs } as const;
export type SpanName = keyof typeof spans;
export const spanNames = ['hour', 'day', 'week'] as const satisfies SpanName[];

export type Filters = {
  camera: CameraId | null;
  /** changes: all that tell what people changed. */
  kind: EventKind | 'changes' | null;
  class: ObjectClass | null;
  zone: ZoneId | null;
  line: LineId | null;
  colour: ColourName | null;
  /** Part of a plate, of what was said, or of what a closer look showed; empty: any. */
  text: string;
  span: SpanName | null;
};

export function filtersOf(search: URLSearchParams): Filters {
  return {
    camera: CameraId.safeParse(search.get('camera')).data ?? null,
    kind: search.get('kind') === 'changes' ? 'changes' : (EventKind.safeParse(search.get('kind')).data ?? null),
    class: ObjectClass.safeParse(search.get('class')).data ?? null,
    zone: ZoneId.safeParse(search.get('zone')).data ?? null,
    line: LineId.safeParse(search.get('line')).data ?? null,
    colour: ColourName.safeParse(search.get('colour')).data ?? null,
    text: (search.get('text') ?? '').trim().slice(0, 100),
    span: spanNames.find((s) => s === search.get('span')) ?? null,
  };
}

export const isFiltered = (f: Filters): boolean =>
  f.text !== '' || Object.entries(f).some(([k, v]) => k !== 'text' && v !== null);

export const queryOf = (f: Filters, nowMs: number): EventQuery => ({
  ...(f.camera === null ? {} : { cameraId: [f.camera] }),
  ...(f.kind === null ? {} : { kind: f.kind === 'changes' ? [...changeKinds] : [f.kind] }),
  ...(f.class === null ? {} : { class: [f.class] }),
  ...(f.zone === null ? {} : { zoneId: [f.zone] }),
  ...(f.line === null ? {} : { lineId: [f.line] }),
  ...(f.colour === null ? {} : { colour: [f.colour] }),
  ...(f.text === '' ? {} : { text: f.text }),
  ...(f.span === null ? {} : { fromMs: nowMs - spans[f.span] }),
});

const saysCloser = (e: Event, closer: CloserLook, text: string): boolean =>
  (closerWords(closer, e.look?.class ?? null) ?? '').includes(text.toLowerCase()) ||
  (closer.plate !== null && hasPlatePart(closer.plate.text, text));

/** Whether an event that is pushed is one that was asked for. */
export const fits = (f: Filters, e: Event): boolean =>
  (f.camera === null || e.cameraId === f.camera) &&
  (f.kind === null || (f.kind === 'changes' ? isChangeKind(e.kind) : e.kind === f.kind)) &&
  (f.class === null || e.look?.class === f.class) &&
  (f.zone === null || e.look?.zoneId === f.zone) &&
  (f.line === null || e.look?.lineId === f.line) &&
  (f.colour === null || [e.closer?.vehicle, e.closer?.upper, e.closer?.lower].includes(f.colour)) &&
  (f.text === '' ||
    (e.closer !== undefined && saysCloser(e, e.closer, f.text)) ||
    (e.look?.text ?? '').toLowerCase().includes(f.text.toLowerCase()) ||
    (e.kind === 'plate' && hasPlatePart(e.look?.text ?? '', f.text)));
