import { beforeAll, expect, it } from 'vitest';
import { Event, type EventLook } from '#domain/event.ts';
import { startText } from '../text/index.ts';
import { eventDetail, eventTitle, plateOf } from './event-words.ts';

beforeAll(async () => {
  // The texts say in the document which language they are in; here there is none.
  Object.assign(globalThis, { document: { documentElement: { lang: '' } } });
  await startText('en');
});

const event = (kind: Event['kind'], look: Partial<EventLook>, data: Event['data'] = {}): Event =>
  Event.parse({
    id: '01ARZ3NDEKTSV4RRFFQ69G5FAC',
    origin: '01ARZ3NDEKTSV4RRFFQ69G5FAD',
    seq: 1,
    kind,
    severity: 'info',
    cameraId: null,
    fromMs: 1,
    toMs: 2,
    data,
    look: {
      class: null,
      score: null,
      box: null,
      zoneId: null,
      lineId: null,
      trackId: null,
      text: null,
      hasPicture: false,
      ...look,
    },
  });

it('says what the analysis saw, how sure, where and which way', () => {
  const object = event('object', { class: 'person', score: 0.83 }, { source: 'Yard' });
  expect(eventTitle(object)).toBe('Person');
  expect(eventDetail(object)).toBe('83% · Yard');
  const crossed = event('line-crossed', { class: 'car', score: 0.6 }, { source: 'Gate', counted: 'in', kmh: 31.6 });
  expect(eventTitle(crossed)).toBe('Line crossed');
  expect(eventDetail(crossed)).toBe('Car · 60% · Gate · in · 32 km/h');
  expect(eventDetail(event('motion', {}))).toBe('');
});

it('says a plate once where it is shown by itself', () => {
  const plate = event('plate', { class: 'plate', score: 0.9, text: 'AB-123-CD' });
  expect(plateOf(plate)).toBe('AB-123-CD');
  expect(eventDetail(plate)).toBe('AB-123-CD · 90%');
  expect(eventDetail(plate, false)).toBe('90%');
});
