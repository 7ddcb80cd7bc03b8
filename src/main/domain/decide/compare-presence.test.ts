import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileOnDisk, IndexedFile } from '../integrity.ts';
import { comparePresence } from './compare-presence.ts';

const starts = fc.uniqueArray(fc.nat(60), { maxLength: 40 }).map((list) => list.sort((a, b) => a - b));
const rows = starts.chain((list) =>
  fc.tuple(
    ...list.map((startMs) =>
      fc.record({
        startMs: fc.constant(startMs),
        endMs: fc.constant(startMs + 1),
        bytes: fc.nat(3),
        state: fc.constantFrom<IndexedFile['state']>('open', 'sealed', 'recovered'),
      }),
    ),
  ),
);
const files = starts.chain((list) =>
  fc.tuple(...list.map((startMs) => fc.record({ startMs: fc.constant(startMs), bytes: fc.nat(3) }))),
);

describe('comparing presence', () => {
  it('puts every file and every row into exactly one place', () => {
    fc.assert(
      fc.property(files, rows, (disk: FileOnDisk[], index: IndexedFile[]) => {
        const found = comparePresence(disk, index);
        const inBoth = index.filter((r) => disk.some((f) => f.startMs === r.startMs));
        expect(found.noFile).toEqual(index.filter((r) => !inBoth.includes(r)));
        expect(found.noRow).toEqual(disk.filter((f) => !inBoth.some((r) => r.startMs === f.startMs)));
        expect(found.agreeing + found.unsure.length).toBe(inBoth.length);
      }),
    );
  });

  it('takes a sealed file of its size for sound, and a recovered one with more behind it; looks into all others', () => {
    const row = (state: IndexedFile['state']): IndexedFile => ({ startMs: 1, endMs: 2, bytes: 10, state });
    const sound = (state: IndexedFile['state'], bytes: number): boolean =>
      comparePresence([{ startMs: 1, bytes }], [row(state)]).agreeing === 1;
    expect([9, 10, 11].map((bytes) => sound('sealed', bytes))).toEqual([false, true, false]);
    expect([9, 10, 11].map((bytes) => sound('recovered', bytes))).toEqual([false, true, true]);
    expect([9, 10, 11].map((bytes) => sound('open', bytes))).toEqual([false, false, false]);
  });
});
