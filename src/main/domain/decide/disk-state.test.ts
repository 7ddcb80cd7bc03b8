import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diskState, lowBelowBytes, type DiskState } from './disk-state.ts';

const gib = 2 ** 30;
const at = (freeBytes: number, totalBytes = 1000 * gib) => ({
  space: { totalBytes, freeBytes, writable: true },
  refusals: [],
});

describe('disk state', () => {
  it('puts a refusal before what the volume says of its space', () => {
    expect(diskState('ok', { ...at(900 * gib), refusals: ['EIO', 'ENOSPC'] })).toBe('full');
    expect(diskState('ok', { ...at(900 * gib), refusals: ['EROFS'] })).toBe('error');
    expect(diskState('ok', { space: null, refusals: [] })).toBe('error');
  });

  it('has borders that fit small and large volumes and does not flicker at them', () => {
    expect(lowBelowBytes(gib)).toBeCloseTo(gib / 10);
    expect(lowBelowBytes(20 * gib)).toBe(gib);
    expect(lowBelowBytes(100_000 * gib)).toBe(20 * gib);
    expect([
      diskState('ok', at(20.5 * gib)),
      diskState('low', at(20.5 * gib)),
      diskState('low', at(22.5 * gib)),
    ]).toEqual(['ok', 'low', 'ok']);
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 1e5, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, part) => {
          const sight = at(total * gib * part, total * gib);
          const once = diskState('ok', sight);
          expect(diskState(once, sight)).toBe(once satisfies DiskState);
        },
      ),
    );
  });
});
