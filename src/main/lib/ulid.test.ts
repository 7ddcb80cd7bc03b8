import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventId } from '#domain/id.ts';
import { createUlids } from './ulid.ts';

it('makes ids that are valid, differ, and sort in the order they were made whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10_413_792_000_000 }), { minLength: 2, maxLength: 50 }), (times) => {
      let i = 0;
      const next = createUlids(() => times[i++] ?? 0);
      const ids = times.map(() => next());
      for (const id of ids) EventId.parse(id);
      expect([...new Set(ids)].sort()).toEqual(ids);
    }),
  );
  expect(createUlids(() => 1_469_918_176_385)().slice(0, 10)).toBe('01ARYZ6S41'); // the specification's own example
});
