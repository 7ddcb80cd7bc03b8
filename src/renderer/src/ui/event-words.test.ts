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

it('names the disk that an event is about, and says where it is only where it has no name', () => {
  const of = (kind: Event['kind'], data: Event['data']) => {
    const { look: _, ...rest } = event(kind, {}, data);
    return eventDetail(rest);
  };
  expect(of('disk-full', { path: '/mnt/a', volume: 2, disk: 'Attic', code: 'ENOSPC' })).toBe('Attic · no room is left');
  expect(of('disk-full', { path: '/mnt/a', volume: 2, code: 'ENOSPC' })).toBe('/mnt/a · no room is left');
  expect(of('disk-back', { path: '/mnt/a', disk: 'Attic' })).toBe('Attic');
  expect(of('disk-slow', { path: '/mnt/a', disk: 'Attic', lagMs: 2000 })).toBe('Attic · 2.0 s behind');
  expect(of('minimum-broken', { camera: 'Gate', days: 3, keptDays: 1, path: '/mnt/a', disk: 'Attic' })).toBe(
    'Gate · 3 days guaranteed, 1.0 kept · Attic',
  );
  expect(of('folder-refused', { camera: 'Gate', path: '/mnt/a/gate', disk: 'Attic', code: 'EPERM' })).toBe(
    'Gate · Attic · /mnt/a/gate · no permission, or it is protected',
  );
  expect(of('footage-locked', { volume: 2, disk: 'Attic' })).toBe('Attic');
});
