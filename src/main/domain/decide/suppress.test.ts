import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Detection } from '../detection.ts';
import { coveredOf, joinKin, joinParts, sharedOf, suppress, type Candidate } from './suppress.ts';

const span = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 50 }));
const candidate = fc
  .record({
    x: span,
    y: span,
    class: fc.integer({ min: 0, max: 3 }),
    score: fc.double({ min: 0.1, max: 1, noNaN: true }),
  })
  .map(
    ({ x, y, class: cls, score }): Candidate => ({
      left: x[0],
      right: x[0] + x[1],
      top: y[0],
      bottom: y[0] + y[1],
      class: cls,
      score,
    }),
  );
const candidates = fc.array(candidate, { maxLength: 60 });

describe('boxes that say the same', () => {
  it('leave one: what is kept does not overlap its class, and what went lies on a surer one that stayed', () => {
    fc.assert(
      fc.property(candidates, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (found, share) => {
        const kept = suppress(found, share, 100);
        kept.forEach((a, i) => {
          for (const b of kept.slice(i + 1)) {
            expect(a.score).toBeGreaterThanOrEqual(b.score);
            if (a.class === b.class) expect(sharedOf(a, b)).toBeLessThanOrEqual(share);
          }
        });
        for (const c of found.filter((f) => !kept.includes(f)))
          expect(kept.some((k) => k.class === c.class && k.score >= c.score && sharedOf(k, c) > share)).toBe(true);
      }),
    );
  });

  it('are at most so many, the surest', () => {
    fc.assert(
      fc.property(candidates, fc.integer({ min: 1, max: 10 }), (found, most) => {
        expect(suppress(found, 0.5, most)).toEqual(suppress(found, 0.5, 100).slice(0, most));
      }),
    );
  });

  it('in parts of a picture: the piece that an edge cut goes, the whole stays, and two things beside each other stay two', () => {
    const person = { class: 0, top: 10, bottom: 110, part: 1, ratio: 1 };
    const whole = { ...person, left: 40, right: 80, score: 0.6, cut: false };
    const piece = { ...person, left: 40, right: 60, score: 0.9, cut: true, part: 2 };
    const beside = { ...person, left: 85, right: 120, score: 0.5, cut: true };
    expect(joinParts([piece, whole, beside], 0.5, 100)).toEqual([whole, beside]);
    // Of a thing that both parts cut, the larger piece.
    const wider = { ...person, left: 35, right: 60, score: 0.4, cut: true };
    expect(joinParts([piece, wider], 0.95, 100)).toEqual([wider]);
    // Something else on the same place is something else.
    expect(joinParts([piece, { ...whole, class: 1 }], 0.5, 100)).toHaveLength(2);
  });

  it('in a closer look and in all of a picture: one thing is told once, as it was shown larger, and two that one look tells apart are two', () => {
    const box = { class: 0, top: 100, bottom: 200, left: 100, right: 140, score: 0.9, part: 0, ratio: 1, cut: false };
    const closer = { ...box, score: 0.7, part: 1, ratio: 2 };
    // The whole picture shows it shifted: they share 0.38 of their union, under every model's share.
    const shifted = { ...box, left: 118, right: 158 };
    const seen = { ...closer, left: 100, right: 140 };
    expect(sharedOf(shifted, seen)).toBeLessThan(0.45);
    expect(joinParts([shifted, seen], 0.45, 100)).toEqual([seen]);
    // Two who overlap as much, in one look: two, and one box of the other look is one of them.
    const other = { ...closer, left: 118, right: 158, score: 0.6 };
    expect(joinParts([box, seen, other], 0.45, 100)).toEqual([seen, other]);
    // What is two in the closer look and one large box in the whole picture is two.
    const both = { ...box, left: 100, right: 158, score: 0.95 };
    expect(joinParts([both, seen, other], 0.45, 100)).toEqual([seen, other]);
    // A hand that the closer look finds by itself is no better than who is sure to be there.
    const hand = { ...closer, top: 150, bottom: 165, right: 110, score: 0.2 };
    expect(joinParts([box, hand], 0.45, 100)).toEqual([box]);
  });

  it('in any parts: nothing is new, and one part alone is suppressed as ever', () => {
    const placed = fc
      .tuple(candidate, fc.integer({ min: 0, max: 3 }), fc.boolean())
      .map(([c, part, cut]) => ({ ...c, part, ratio: part === 0 ? 1 : 2, cut }));
    fc.assert(
      fc.property(fc.array(placed, { maxLength: 30 }), (found) => {
        const kept = joinParts(found, 0.45, 100);
        for (const k of kept) expect(found).toContain(k);
        const own = found.filter((c) => c.part === 0).map((c) => ({ ...c, cut: false }));
        expect(joinParts(own, 0.45, 100)).toEqual(suppress(own, 0.45, 100));
      }),
    );
  });

  it('of one kin are one thing; a person on a bicycle is two', () => {
    const box = { x: 0.1, y: 0.1, width: 0.3, height: 0.2 };
    const of = (cls: Detection['class'], score: number): Detection => ({ class: cls, score, box });
    expect(joinKin([of('truck', 0.5), of('car', 0.7)])).toEqual([of('car', 0.7)]);
    expect(joinKin([of('person', 0.5), of('bicycle', 0.7)])).toHaveLength(2);
    expect(joinKin([of('car', 0.7), { ...of('truck', 0.5), box: { ...box, x: 0.3 } }])).toHaveLength(2);
  });
});

it('shares are symmetric, and a box in another is covered by it', () => {
  fc.assert(
    fc.property(candidate, candidate, (a, b) => {
      expect(sharedOf(a, b)).toBeCloseTo(sharedOf(b, a), 10);
      expect(sharedOf(a, a)).toBe(1);
      expect(coveredOf(a, b)).toBeGreaterThanOrEqual(sharedOf(a, b));
      const inner = { ...a, left: a.left + (a.right - a.left) / 4, top: a.top + (a.bottom - a.top) / 4 };
      expect(coveredOf(a, inner)).toBeCloseTo(1, 10);
    }),
  );
});
