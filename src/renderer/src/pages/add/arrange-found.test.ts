import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FoundView } from '#domain/finding.ts';
import { CameraId } from '#domain/id.ts';
import { arrangeFound, foundColumns } from './arrange-found.ts';

const device = (n: number, more: Partial<FoundView> = {}): FoundView => ({
  url: `http://10.0.0.${String(n)}/onvif`,
  urls: [],
  endpoint: null,
  name: null,
  maker: null,
  model: null,
  location: null,
  macs: [],
  address: `10.0.0.${String(n)}`,
  seenMs: 0,
  known: [],
  ...more,
});
const gate = [{ id: CameraId.parse('01ARZ3NDEKTSV4RRFFQ69G5FAV'), name: 'Gate' }];
const plain = { query: '', hideKnown: false, order: { column: 'address', down: false } } as const;

test('addresses sort as numbers, what is empty comes last either way', () => {
  const list = [device(10), device(9), device(100)];
  expect(arrangeFound(list, plain, 'en').map((d) => d.address)).toEqual(['10.0.0.9', '10.0.0.10', '10.0.0.100']);
  const named = [device(1), device(2, { name: 'Yard' }), device(3, { name: 'gate' })];
  for (const down of [false, true]) {
    const order = { column: 'name', down } as const;
    expect(arrangeFound(named, { ...plain, order }, 'en').at(-1)?.address).toBe('10.0.0.1');
  }
});

test('every word of a query must be somewhere; known ones can be hidden', () => {
  const list = [device(1, { maker: 'Axis', model: 'P3265', location: 'Hall B' }), device(2, { known: gate })];
  const of = (query: string, hideKnown = false) =>
    arrangeFound(list, { ...plain, query, hideKnown }, 'en').map((d) => d.address);
  expect(of('axis hall')).toEqual(['10.0.0.1']);
  expect(of('axis gate')).toEqual([]);
  expect(of('GATE')).toEqual(['10.0.0.2']);
  expect(of('', true)).toEqual(['10.0.0.1']);
});

test('nothing is lost or doubled, and the order does not depend on the order of coming', () => {
  const some = fc.uniqueArray(fc.integer({ min: 1, max: 254 }), { maxLength: 30 });
  const order = fc.record({ column: fc.constantFrom(...foundColumns), down: fc.boolean() });
  fc.assert(
    fc.property(some, order, (numbers, by) => {
      const list = numbers.map((n) => device(n, n % 3 === 0 ? { name: `Camera ${String(n % 5)}` } : {}));
      const once = arrangeFound(list, { ...plain, order: by }, 'en');
      expect(arrangeFound([...list].reverse(), { ...plain, order: by }, 'en')).toEqual(once);
      expect(new Set(once)).toEqual(new Set(list));
    }),
  );
});
