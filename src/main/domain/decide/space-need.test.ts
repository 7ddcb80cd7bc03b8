import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diskState, lowBelowBytes } from './disk-state.ts';
import { spaceNeed } from './space-need.ts';

const gib = 2 ** 30;

it('asks for what is missing from reserve and the next ten minutes, and for the emergency only below half of the reserve', () => {
  const of = { totalBytes: 1000 * gib, reserveBytes: 10 * gib, writeBytesPerSecond: gib / 600 };
  expect(spaceNeed({ ...of, freeBytes: 20 * gib })).toMatchObject({ bytes: 0, emergencyBytes: 0 });
  expect(spaceNeed({ ...of, freeBytes: 10 * gib })).toMatchObject({ bytes: gib, emergencyBytes: 0 });
  expect(spaceNeed({ ...of, freeBytes: 4 * gib })).toMatchObject({ bytes: 7 * gib, emergencyBytes: gib });
});

it('keeps a disk of any size from being low, without asking for more than it has', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2 ** 20, max: 2 ** 45 }),
      fc.integer({ min: 0, max: 2 ** 33 }),
      (totalBytes, rate) => {
        const need = spaceNeed({ totalBytes, freeBytes: 0, reserveBytes: null, writeBytesPerSecond: rate });
        expect(need.targetBytes).toBeGreaterThan(lowBelowBytes(totalBytes));
        expect(need.targetBytes).toBeLessThan(totalBytes * 0.7);
        const space = { totalBytes, freeBytes: need.targetBytes, writable: true };
        expect(diskState('low', { space, refusals: [] })).toBe('ok');
      },
    ),
  );
});
