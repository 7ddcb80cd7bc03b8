import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldPlate, hasPlatePart, matchPlate, plateDistance } from './plate-match.ts';
import { freshPlateVote, plateSoFar, votePlate, type PlateSaid, type PlateVote } from './plate-vote.ts';

const character = fc.nat(35).map((i) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.charAt(i));
const plate = fc.array(character, { minLength: 5, maxLength: 8 }).map((c) => c.join(''));

const box = { x: 0.4, y: 0.6, width: 0.06, height: 0.03 };

function vote(reads: [string, number][]): { said: PlateSaid[]; state: PlateVote } {
  let state = freshPlateVote;
  const said: PlateSaid[] = [];
  reads.forEach(([text, score], i) => {
    const [next, output] = votePlate(state, { text, score, atMs: i * 1_000, box });
    state = next;
    if (output !== null) said.push(output);
  });
  return { said, state };
}

describe('the vote over readings of a plate', () => {
  it('says what two readings agree on, once, and one that is very sure', () => {
    expect(
      vote([
        ['B21GSB', 0.6],
        ['B-21 gsb', 0.5],
        ['B21GSB', 0.7],
      ]).said,
    ).toMatchObject([{ text: 'B21GSB', again: false }]);
    expect(vote([['B21GSB', 0.95]]).said).toHaveLength(1);
    expect(vote([['B21GSB', 0.5]]).said).toEqual([]);
    expect(
      vote([
        ['', 1],
        ['AB', 1],
        ['ABCDEFGHIJKLM', 1],
        ['B21GSB', 0],
      ]).state.reads,
    ).toEqual([]);
  });

  it('finds a plate that is read with another mistake each time', () => {
    fc.assert(
      fc.property(
        plate,
        fc.array(fc.tuple(fc.nat(7), character), { minLength: 7, maxLength: 12 }),
        (text, mistakes) => {
          // One wrong character in each second reading, each place wrong once at most.
          const at = mistakes.map(([, c], i) => [i % text.length, c] as const);
          const reads = at.flatMap(([i, c]): [string, number][] => [
            [text.slice(0, i) + c + text.slice(i + 1), 0.6],
            [text, 0.6],
          ]);
          expect(plateSoFar(vote(reads).state)!.text).toBe(text);
        },
      ),
    );
  });

  it('votes character by character where no reading is right', () => {
    expect(
      plateSoFar(
        vote([
          ['X21GSB', 0.6],
          ['B2XGSB', 0.6],
          ['B21GSX', 0.6],
        ]).state,
      )!.text,
    ).toBe('B21GSB');
  });

  it('says again when it thinks better of it, and never twice the same in a row', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(plate, fc.double({ min: 0.01, max: 1, noNaN: true })), { maxLength: 40 }),
        (reads) => {
          const { said, state } = vote(reads);
          said.forEach((s, i) => {
            expect(s.again).toBe(i > 0);
            expect(s.text).not.toBe(said[i - 1]?.text);
            expect(s.score).toBeGreaterThan(0);
            expect(s.score).toBeLessThanOrEqual(1);
          });
          expect(state.reads.length).toBeLessThanOrEqual(24);
        },
      ),
    );
  });
});

describe('plates on a list', () => {
  it('are found exactly, with twins for each other, and with one character wrong', () => {
    expect(matchPlate('B 101 OIL', 'b101oil')).toBe('exact');
    expect(matchPlate('B101OIL', '8I0I01L')).toBe('alike');
    expect(matchPlate('B101OIL', 'B101OX')).toBe(null);
    expect(matchPlate('CJ05XYZ', 'CJ05XY2')).toBe('alike');
    expect(matchPlate('CJ05XYT', 'CJ05XYK')).toBe('near');
    expect(matchPlate('CJ05XYT', 'J05XYT')).toBe('near');
    expect(matchPlate('AB12', 'AB13')).toBe(null);
    expect(hasPlatePart('CJ05XYT', 'o5x')).toBe(true);
    expect(hasPlatePart('CJ05XYT', '--')).toBe(false);
  });

  it('match in both directions alike; folding twice changes nothing; distances are a metric', () => {
    fc.assert(
      fc.property(plate, plate, plate, (a, b, c) => {
        expect(matchPlate(a, a)).toBe('exact');
        expect(matchPlate(a, b)).toBe(matchPlate(b, a));
        expect(foldPlate(foldPlate(a))).toBe(foldPlate(a));
        expect(plateDistance(a, b)).toBe(plateDistance(b, a));
        expect(plateDistance(a, c)).toBeLessThanOrEqual(plateDistance(a, b) + plateDistance(b, c));
      }),
    );
  });
});
