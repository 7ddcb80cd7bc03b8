import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordDisk } from './disk.ts';
import { createLead, type Handed } from './lead.ts';

/** A disk that counts how often each piece is held. */
function countingDisk() {
  const held = new Map<Uint8Array, number>();
  const add = (pieces: readonly Uint8Array[], by: number): void => {
    for (const piece of pieces) held.set(piece, (held.get(piece) ?? 0) + by);
  };
  const disk = {
    taken: (pieces: readonly Uint8Array[]) => add(pieces, -1),
    again: (pieces: readonly Uint8Array[]) => add(pieces, 1),
  } as RecordDisk;
  const countOf = (piece: Uint8Array | undefined): number => (piece === undefined ? 0 : (held.get(piece) ?? 0));
  return { disk, held, countOf };
}
type Segment = Handed['segment'];
const newSegment = (): Segment => ({ fragments: 0, sequence: 0 }) as Segment;
/** A fragment of 100 bytes. */
const fragmentOf = (segment: Segment, key: boolean): Handed['fragment'] => {
  segment.sequence += 1;
  const pieces = [new Uint8Array(10), new Uint8Array(90)];
  return { sequence: segment.sequence, pieces, bytes: 100, key } as Handed['fragment'];
};

describe('what is durable of the group of pictures that is written', () => {
  it('is what comes from the newest key picture on, and nothing is held in vain, whatever comes', () => {
    const step = fc.constantFrom('key', 'more', 'more', 'more', 'grow', 'grow', 'turn' as const);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { disk, held, countOf } = countingDisk();
        const lead = createLead({ disk, mostBytes: 1000 });
        let segment = newSegment();
        const all: Handed[] = [];
        const durable = (): Handed[] => all.filter((one) => one.fragment.sequence <= one.segment.fragments);
        for (const is of steps) {
          if (is === 'grow') {
            if (segment.fragments === segment.sequence) continue;
            segment.fragments += 1;
            lead.grew();
          } else if (is === 'turn') {
            segment.fragments = segment.sequence;
            lead.grew();
            lead.sealed(segment);
            segment = newSegment();
          } else {
            const fragment = fragmentOf(segment, is === 'key' || segment.sequence === 0);
            all.push({ segment, fragment });
            lead.handed(segment, fragment);
          }
        }
        const own = durable().filter((one) => one.segment === segment);
        const group = own.slice(
          Math.max(
            0,
            own.findLastIndex((one) => one.fragment.key),
          ),
        );
        const taken = lead.take();
        expect(taken).toEqual(group.length > 10 ? [] : group);
        for (const [piece, count] of held)
          expect(count).toBe(taken.some((one) => one.fragment.pieces.includes(piece)) ? 1 : 0);
        for (const { fragment } of all) expect(countOf(fragment.pieces[0])).toBe(0); // heads are nobody else's
        expect(lead.take()).toEqual([]);
      }),
    );
  });

  it('begins with the next key picture where the group is too long to be kept', () => {
    const { disk, held } = countingDisk();
    const lead = createLead({ disk, mostBytes: 250 });
    const segment = newSegment();
    const hand = (key: boolean): Handed['fragment'] => {
      const fragment = fragmentOf(segment, key);
      lead.handed(segment, fragment);
      return fragment;
    };
    hand(true);
    hand(false);
    hand(false);
    segment.fragments = 3;
    lead.grew();
    expect([...held.values()]).toEqual([0, 0, 0]);
    hand(false);
    const key = hand(true);
    segment.fragments = 5;
    lead.grew();
    expect(lead.take()).toEqual([{ segment, fragment: key }]);
  });
});
