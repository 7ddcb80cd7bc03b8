import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventWhy } from '../event-why.ts';
import { explainPlate } from './explain-plate.ts';
import { freshPassings, stepPassings, type Passing } from './plate-passings.ts';

const box = { x: 0.4, y: 0.6, width: 0.06, height: 0.03 };
const rest = { zone: null, stream: null, list: null };

/** What is told of these readings of one plate, a second apart. */
function told(reads: readonly (readonly [string, number])[]): { passing: Passing; text: string }[] {
  let state = freshPassings;
  return [...reads, null].flatMap((read, i) => {
    const seen = read === null ? null : [{ text: read[0], score: read[1], box, zoneId: null }];
    // The last picture is long after it has passed.
    const atMs = i * 1_000 + (read === null ? 90_000 : 0);
    const [next, outputs] = stepPassings(state, { atMs, reads: seen, tracks: [] });
    state = next;
    return outputs.flatMap((o) => (o.is === 'told' ? [{ passing: o.passing, text: o.text }] : []));
  });
}
const why = (reads: readonly (readonly [string, number])[]) =>
  told(reads).map(({ passing, text }) => explainPlate(passing, text, rest));

it('names what made a text sure', () => {
  expect(why([['B101GSB', 0.95]])).toMatchObject([{ by: 'sure', agree: 1, found: 1 }]);
  expect(why([['B101GSB', 0.6]])).toMatchObject([{ by: 'alone', agree: 1, found: 1 }]);
  expect(
    why([
      ['B101GSB', 0.6],
      ['B1O1GSB', 0.5],
      ['B101GSB', 0.6],
    ]),
  ).toMatchObject([
    { by: 'agreed', agree: 2, found: 3, reads: [{ goes: 'same' }, { goes: 'alike' }, { goes: 'same' }] },
  ]);
});

it('of whatever is read is what the station takes, oldest first, and never says more readings than there were', () => {
  const text = fc.constantFrom('B101GSB', 'B1O1GSB', 'B101GS8', 'B101G', 'TM10AAA');
  const reads = fc.array(fc.tuple(text, fc.double({ min: 0.01, max: 1, noNaN: true })), { maxLength: 40 });
  fc.assert(
    fc.property(reads, (all) => {
      for (const one of why(all)) {
        expect(EventWhy.parse(one)).toEqual(one);
        expect(one.agree).toBeLessThanOrEqual(one.found);
        expect(one.reads.length).toBeLessThanOrEqual(one.found);
        expect(one.reads.map((r) => r.atMs)).toEqual(one.reads.map((r) => r.atMs).sort((a, b) => a - b));
        if (one.by === 'agreed') expect(one.agree).toBeGreaterThanOrEqual(one.needed.agree);
      }
    }),
  );
});
