import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Event, type EventLook } from '#domain/event.ts';
import { ZoneId } from '#domain/id.ts';
import { ObjectClass } from '#domain/object-class.ts';
import { Polygon } from '#domain/place.ts';
import { ZoneDraft } from '#domain/watch-zone.ts';
import { cured, curesFor, inPlace, keepsBack, keptBack, wholePicture } from './cure.ts';

const zoneId = ZoneId.parse('01ARZ3NDEKTSV4RRFFQ69G5FAA');
const other = ZoneId.parse('01ARZ3NDEKTSV4RRFFQ69G5FAB');
const eventOf = (look: Partial<EventLook>): Event =>
  Event.parse({
    id: '01ARZ3NDEKTSV4RRFFQ69G5FAC',
    origin: '01ARZ3NDEKTSV4RRFFQ69G5FAD',
    seq: 1,
    kind: 'object',
    severity: 'info',
    cameraId: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    fromMs: 1,
    toMs: 3_001,
    data: {},
    look: {
      class: 'person',
      score: 0.6,
      box: null,
      zoneId,
      lineId: null,
      trackId: 1,
      text: null,
      hasPicture: true,
      ...look,
    },
  });
const box = fc
  .record({
    x: fc.double({ min: 0, max: 0.9, noNaN: true }),
    y: fc.double({ min: 0, max: 0.9, noNaN: true }),
    w: fc.double({ min: 0.1, max: 1, noNaN: true }),
    h: fc.double({ min: 0.1, max: 1, noNaN: true }),
  })
  .map(({ x, y, w, h }) => ({ x, y, width: w * (1 - x), height: h * (1 - y) }));
const look = fc.record({
  stayed: fc.boolean(),
  class: fc.constantFrom(...ObjectClass.options),
  score: fc.double({ min: 0, max: 1, noNaN: true }),
  box,
});
const whole = ZoneDraft.parse({ kind: 'detect', name: 'Whole', points: wholePicture });

describe('cures', () => {
  it('each keep back the very event that they were offered for, and are zones and filters that the station takes', () => {
    fc.assert(
      fc.property(look, (l) => {
        const event = eventOf(l);
        const cures = curesFor(event);
        expect(cures.length).toBeGreaterThan(0);
        for (const cure of cures) {
          // A box that ends at the picture's lower edge has its foot on the edge of the zone.
          if (!inPlace(cure) || l.box.y + l.box.height < 0.999) expect(keepsBack(cure, event, event)).toBe(true);
          if (inPlace(cure)) expect(Polygon.safeParse(cure.points).success).toBe(true);
          else {
            const zone = cured(whole, cure);
            if (zone) expect(ZoneDraft.safeParse(zone).success).toBe(true);
          }
        }
      }),
    );
  });

  it('of a plate are the place alone: filters of a zone do not keep plates back', () => {
    const at = { x: 0.4, y: 0.4, width: 0.1, height: 0.05 };
    const plate = eventOf({ class: 'car', text: 'B101GSB', box: at, stayed: true });
    expect(curesFor(plate).map((c) => c.is)).toEqual(['ignore']);
  });

  it('keep back nothing of other cameras, zones and lines', () => {
    const mine = eventOf({ box: { x: 0.4, y: 0.4, width: 0.1, height: 0.2 } });
    const at = (change: Partial<EventLook>): Event =>
      eventOf({ box: { x: 0.41, y: 0.4, width: 0.1, height: 0.2 }, ...change });
    const elsewhere = Event.parse({ ...at({}), cameraId: '01ARZ3NDEKTSV4RRFFQ69G5FAW' });
    const height = { is: 'height', minHeight: 0.25 } as const;
    const all = [
      at({}),
      at({ zoneId: other }),
      elsewhere,
      at({ lineId: null, box: { x: 0, y: 0, width: 0.1, height: 0.3 } }),
    ];
    expect(keptBack(height, mine, all)).toEqual([all[0]]);
    const [ignore] = curesFor(mine);
    expect(ignore?.is).toBe('ignore');
    // A place holds for all zones of the camera.
    if (ignore) expect(keptBack(ignore, mine, all)).toEqual([all[0], all[1]]);
  });

  it('begin with what stands there, where it has stayed in its place for a while; what has left its place is told all the same', () => {
    const box = { x: 0.4, y: 0.4, width: 0.1, height: 0.2 };
    const lasting = (look: Partial<EventLook>, ms: number | null): Event => ({
      ...eventOf({ box, ...look }),
      ...{ fromMs: 1_000, toMs: ms === null ? null : 1_000 + ms },
    });
    const first = (event: Event): string | undefined => curesFor(event)[0]?.is;
    expect([null, 60_000, 1_000].map((ms) => first(lasting({ stayed: true }, ms)))).toEqual([
      ...['standing', 'standing'],
      'ignore',
    ]);
    expect([first(lasting({ stayed: false }, null)), first(lasting({}, null))]).toEqual(['ignore', 'ignore']);
    const parked = lasting({ stayed: true }, null);
    const cure = curesFor(parked).find((c) => c.is === 'standing');
    const all = [parked, lasting({ stayed: false }, 9_000), lasting({}, 9_000), lasting({ stayed: true }, 500)];
    expect(cure && keptBack(cure, parked, all)).toEqual([all[0], all[3]]);
    const away = { x: 0.1, y: 0.1, width: 0.1, height: 0.2 };
    expect(cure && keptBack(cure, parked, [lasting({ stayed: true, box: away }, null)])).toEqual([]);
  });

  it('leave a zone as strict as it was, and never without anything that counts', () => {
    const strict = { ...whole, minHeight: 0.5, minScore: 0.9, classes: ['person' as const] };
    expect(cured(strict, { is: 'height', minHeight: 0.2 })?.minHeight).toBe(0.5);
    expect(cured(strict, { is: 'score', minScore: 0.2 })?.minScore).toBe(0.9);
    expect(cured(strict, { is: 'class', class: 'person' })).toBeNull();
    expect(cured(whole, { is: 'class', class: 'person' })?.classes).not.toContain('person');
    expect(cured({ ...whole, maxHeight: 0.1 }, { is: 'height', minHeight: 0.2 })).toBeNull();
  });
});
