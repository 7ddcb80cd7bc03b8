import { describe, expect, it } from 'vitest';
import { Event } from '#domain/event.ts';
import { filtersOf, fits, isFiltered, queryOf } from './filters.ts';

const camera = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const zone = '01ARZ3NDEKTSV4RRFFQ69G5FAA';
const of = (search: string) => filtersOf(new URLSearchParams(search));
const event = (over: object, look: object = {}): Event =>
  Event.parse({
    id: '01ARZ3NDEKTSV4RRFFQ69G5FAC',
    origin: '01ARZ3NDEKTSV4RRFFQ69G5FAD',
    seq: 1,
    kind: 'plate',
    severity: 'info',
    cameraId: camera,
    fromMs: 1,
    toMs: 2,
    data: {},
    look: {
      class: 'plate',
      score: 0.6,
      box: null,
      zoneId: zone,
      lineId: null,
      trackId: 1,
      text: 'AB-123-CD',
      hasPicture: true,
      ...look,
    },
    ...over,
  });

describe('filters of events', () => {
  it('are nothing where the address says nothing, or nonsense', () => {
    for (const search of ['', 'camera=x&kind=y&class=z&zone=1&line=2&colour=pinkish&span=year&text=%20']) {
      expect(isFiltered(of(search))).toBe(false);
      expect(queryOf(of(search), 1000)).toEqual({});
    }
  });

  it('ask the station for what stands in the address', () => {
    const filters = of(`camera=${camera}&kind=plate&class=car&zone=${zone}&text=b-12&span=hour`);
    expect(isFiltered(filters)).toBe(true);
    expect(queryOf(filters, 10_000_000)).toEqual({
      cameraId: [camera],
      kind: ['plate'],
      class: ['car'],
      zoneId: [zone],
      text: 'b-12',
      fromMs: 6_400_000,
    });
  });

  it('hold for what is pushed as they do for what is listed', () => {
    expect(fits(of(`camera=${camera}&zone=${zone}&text=b-12`), event({}))).toBe(true);
    expect(fits(of('text=b-13'), event({}))).toBe(false);
    const closer = { atMs: 1, size: { width: 1920, height: 1080 }, without: null, plate: null };
    const red = event(
      { closer: { ...closer, vehicle: 'red', upper: null, lower: null } },
      { class: 'car', text: null },
    );
    expect([fits(of('colour=red'), red), fits(of('colour=blue'), red), fits(of('colour=red'), event({}))]).toEqual([
      true,
      false,
      false,
    ]);
    expect([fits(of('text=Red%20car'), red), fits(of('text=blue'), red)]).toEqual([true, false]);
    expect(fits(of('class=car'), event({}))).toBe(false);
    expect(fits(of('class=car'), event({}, { class: 'car' }))).toBe(true);
    expect(fits(of('kind=motion'), event({}))).toBe(false);
    expect(fits(of(`zone=${zone}`), event({ look: undefined }))).toBe(false);
  });
});
