import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectClass } from '../object-class.ts';
import { findAgain } from './find-again.ts';

const one = (x: number, cls: ObjectClass = 'person', y = 0.4, height = 0.3) => ({
  ...{ class: cls, score: 0.8, box: { x, y, width: 0.08, height } },
});
const expected = { x: 0.4, y: 0.4, width: 0.08, height: 0.3 };
const ask = { cls: 'person' as ObjectClass, expected, apartMs: 0, aspect: 16 / 9 };

describe('an object on a recorded picture', () => {
  it('is the one in its place, of its kind and about its size', () => {
    const there = one(0.41);
    expect(findAgain([one(0.7), there, one(0.4, 'car'), one(0.4, 'person', 0.65, 0.05)], ask)).toBe(there);
    expect(findAgain([one(0.4, 'truck')], { ...ask, cls: 'car' })?.class).toBe('truck');
    expect(findAgain([], ask)).toBeNull();
  });

  it('may be further off the more time is between the pictures', () => {
    expect(findAgain([one(0.6)], ask)).toBeNull();
    expect(findAgain([one(0.6)], { ...ask, apartMs: -1_000 })).not.toBeNull();
    expect(findAgain([one(0.95)], { ...ask, apartMs: 1_000 })).toBeNull();
  });

  it('is nobody where two may be it as well as each other', () => {
    expect(findAgain([one(0.33), one(0.47)], { ...ask, apartMs: 1_000 })).toBeNull();
    const same = findAgain([one(0.4), one(0.405)], ask);
    expect(same?.box.x).toBe(0.4);
  });

  it('is always one of those that were found', () => {
    const box = fc.record({
      x: fc.double({ min: 0, max: 0.9, noNaN: true }),
      cls: fc.constantFrom<ObjectClass>('person', 'car', 'dog'),
    });
    fc.assert(
      fc.property(fc.array(box, { maxLength: 8 }), fc.integer({ min: -5_000, max: 5_000 }), (boxes, apartMs) => {
        const all = boxes.map((b) => one(b.x, b.cls));
        const found = findAgain(all, { ...ask, apartMs });
        if (found !== null) expect(all.includes(found) && found.class === 'person').toBe(true);
      }),
    );
  });
});
