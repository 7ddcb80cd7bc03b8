import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHere } from '../volume.ts';
import {
  firstRestMs,
  fitnessOf,
  longestRestMs,
  silentAfterMs,
  slowWriteMs,
  unseenVolume,
  type VolumeCondition,
  type VolumeSight,
  volumeStep,
} from './volume-state.ts';

const gib = 2 ** 30;
const well: VolumeSight = {
  is: 'seen',
  mark: 'mine',
  totalBytes: 100 * gib,
  freeBytes: 50 * gib,
  reserveBytes: 2 * gib,
  refusal: null,
  writeMs: 5,
};
const step = (was: VolumeCondition, atMs: number, sight: VolumeSight): VolumeCondition =>
  volumeStep(was, 'mine', atMs, sight);
const seen = (more: Partial<Extract<VolumeSight, { is: 'seen' }>>): VolumeSight => ({ ...well, ...more });

const code = fc.constantFrom('ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EIO', 'ENOENT', 'ESTALE', 'EBADF');
const sight: fc.Arbitrary<VolumeSight> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(well) },
  fc.record({
    is: fc.constant('seen' as const),
    mark: fc.constantFrom('mine', 'other', null),
    totalBytes: fc.constant(100 * gib),
    freeBytes: fc.integer({ min: 0, max: 100 * gib }),
    reserveBytes: fc.constant(2 * gib),
    refusal: fc.option(code, { nil: null }),
    writeMs: fc.integer({ min: 0, max: 5000 }),
  }),
  code.map((c) => ({ is: 'failed' as const, code: c })),
  code.map((c) => ({ is: 'refused' as const, code: c })),
  fc.integer({ min: 0, max: 20_000 }).map((forMs) => ({ is: 'silent' as const, forMs })),
);
/** Sights, so many ms apart. */
const life = fc.array(fc.tuple(fc.integer({ min: 1, max: 60_000 }), sight), { maxLength: 60 });

describe('the state of a volume', () => {
  it('follows what is seen', () => {
    const at = (s: VolumeSight) => step(step(unseenVolume(0), 1, well), 2, s).state;
    expect(at(well)).toBe('ok');
    expect(at(seen({ mark: null }))).toBe('missing');
    expect(at(seen({ mark: 'other' }))).toBe('swapped');
    expect(at(seen({ refusal: 'EROFS' }))).toBe('read-only');
    expect(at(seen({ refusal: 'ENOSPC' }))).toBe('full');
    expect(at(seen({ refusal: 'EIO' }))).toBe('error');
    expect(at({ is: 'failed', code: 'ENOENT' })).toBe('missing');
    expect(at({ is: 'refused', code: 'EDQUOT' })).toBe('full');
    expect(at({ is: 'silent', forMs: silentAfterMs - 1 })).toBe('ok');
    expect(at({ is: 'silent', forMs: silentAfterMs })).toBe('silent');
  });

  it('is slow after three slow writes in a row, and quick again only after six quick ones', () => {
    let v = step(unseenVolume(0), 0, well);
    for (let i = 1; i <= 2; i += 1) v = step(v, i, seen({ writeMs: slowWriteMs }));
    expect(v.state).toBe('ok');
    v = step(step(v, 3, well), 4, seen({ writeMs: slowWriteMs }));
    expect(v.state).toBe('ok');
    for (let i = 5; i <= 6; i += 1) v = step(v, i, seen({ writeMs: slowWriteMs }));
    expect(v.state).toBe('slow');
    expect(fitnessOf(v, 6)).toBe('pinch');
    for (let i = 7; i <= 11; i += 1) v = step(v, i, well);
    expect(v.state).toBe('slow');
    expect(step(v, 12, well).state).toBe('ok');
  });

  it('never lets new footage go where another volume may be, or none', () => {
    fc.assert(
      fc.property(life, (sights) => {
        let [v, atMs] = [unseenVolume(0), 0];
        for (const [ms, s] of sights) {
          atMs += ms;
          v = step(v, atMs, s);
          if (!isHere(v.state)) expect(fitnessOf(v, atMs)).toBe('no');
          if (s.is === 'seen' && s.mark !== 'mine') expect(fitnessOf(v, atMs)).toBe('no');
          if (s.is === 'refused') expect(fitnessOf(v, atMs)).toBe('no');
        }
      }),
    );
  });

  it('is good again after some time of looking well, whatever was before, and never before its rest', () => {
    fc.assert(
      fc.property(life, (sights) => {
        let [v, atMs] = [unseenVolume(0), 0];
        for (const [ms, s] of sights) {
          atMs += ms;
          const was = v;
          v = step(v, atMs, s);
          const wasAway = was.state !== 'ok' && was.state !== 'slow' && was.state !== 'unseen';
          if (wasAway && v.state === 'ok') expect(fitnessOf(v, atMs + firstRestMs - 1)).not.toBe('good');
        }
        for (let i = 0; i < 20; i += 1) v = step(v, (atMs += 1000), well);
        expect(v.state).toBe('ok');
        expect(fitnessOf(v, atMs)).not.toBe('no');
        expect(fitnessOf(v, atMs + longestRestMs)).toBe('good');
      }),
    );
  });

  it('does not flap: one that goes away again and again is good for new footage ever more seldom', () => {
    let [v, atMs] = [step(unseenVolume(0), 0, well), 0];
    const rests: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      v = step(v, (atMs += 1000), { is: 'failed', code: 'EIO' });
      v = step(v, (atMs += 1000), well);
      rests.push(v.restUntilMs - atMs);
    }
    expect(rests.slice(0, 4)).toEqual([10_000, 20_000, 40_000, 80_000]);
    expect(rests.at(-1)).toBe(longestRestMs);
    v = step(v, (atMs += 4_000_000), { is: 'failed', code: 'EIO' });
    expect(step(v, (atMs += 1), well).restUntilMs - atMs).toBe(firstRestMs);
  });

  it('is taken in a pinch only while it has nearly no room', () => {
    const v = step(step(unseenVolume(0), 0, well), 1, seen({ freeBytes: gib / 4 }));
    expect(fitnessOf(v, 1)).toBe('pinch');
    expect(fitnessOf(step(v, 2, seen({ freeBytes: 0.9 * gib })), 2)).toBe('pinch');
    expect(fitnessOf(step(v, 2, seen({ freeBytes: 1.1 * gib })), 2)).toBe('good');
  });
});
