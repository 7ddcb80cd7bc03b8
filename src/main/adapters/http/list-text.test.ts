import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createListText } from './list-text.ts';

const Item = z.object({
  id: z.string(),
  name: z.string().optional(),
  tags: z.array(z.string()),
  device: z.object({ up: z.boolean(), facts: z.object({ relays: z.number() }).nullable() }).nullable(),
});
type Item = z.infer<typeof Item>;

const item: fc.Arbitrary<Item> = fc.record(
  {
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    name: fc.constantFrom('x', 'y'),
    tags: fc.array(fc.constantFrom('1', '2'), { maxLength: 2 }),
    device: fc.option(
      fc.record({ up: fc.boolean(), facts: fc.option(fc.record({ relays: fc.integer({ min: 0, max: 1 }) })) }),
    ),
  },
  { requiredKeys: ['id', 'tags', 'device'] },
);
const list = fc.uniqueArray(item, { selector: (i) => i.id });

test('a list is always written as it is now, whatever was written before', () => {
  fc.assert(
    fc.property(fc.array(list, { maxLength: 8 }), (lists) => {
      const write = createListText(Item);
      for (const items of lists) expect(JSON.parse(write(items).toString())).toEqual(JSON.parse(JSON.stringify(items)));
    }),
  );
});

test('what the schema does not name is never written, and what does not fit is refused', () => {
  const write = createListText(Item);
  const whole: Item = { id: 'a', tags: [], device: null };
  const more = { ...whole, sealedPassword: 'secret' };
  expect(write([more]).toString()).toBe('[{"id":"a","tags":[],"device":null}]');
  expect(write([{ ...more }]).toString()).not.toContain('secret');
  const wrong = { ...whole, tags: [1] };
  expect(() => write([wrong])).toThrow('tags');
});
