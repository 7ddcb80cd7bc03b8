import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordedShare, shownPercent } from '../coverage-proof.ts';
import { GapCause, type Gap } from '../gap.ts';
import { common, lengthOf, runsOf, union, without, type Run } from '../runs.ts';
import { missingOf, shareOf, takeApart, together, type Account } from './prove-coverage.ts';

const t = 1_000; // one second
const runArb = fc
  .tuple(fc.nat(200), fc.integer({ min: 1, max: 60 }))
  .map(([from, length]): Run => [from * t, (from + length) * t]);
const setArb = fc.array(runArb, { maxLength: 8 }).map(runsOf);
const gapArb = fc
  .tuple(runArb, fc.constantFrom(...GapCause.options), fc.boolean())
  .map(([[fromMs, toMs], cause, open]): Gap => ({ fromMs, toMs: open && fromMs > 190 * t ? null : toMs, cause }));
const accountArb: fc.Arbitrary<Account> = fc.record({
  wanted: setArb,
  covered: setArb,
  deleted: setArb,
  gaps: fc.array(gapArb, { maxLength: 6 }),
});
const has = (runs: readonly Run[], ms: number): boolean => runs.some(([from, to]) => ms >= from && ms < to);

describe('sets of time', () => {
  it('do what sets do, moment by moment', () => {
    fc.assert(
      fc.property(setArb, setArb, fc.integer({ min: 0, max: 270 }), (a, b, second) => {
        const ms = second * t;
        expect(has(union(a, b), ms)).toBe(has(a, ms) || has(b, ms));
        expect(has(common(a, b), ms)).toBe(has(a, ms) && has(b, ms));
        expect(has(without(a, b), ms)).toBe(has(a, ms) && !has(b, ms));
        expect(lengthOf(common(a, b)) + lengthOf(without(a, b))).toBe(lengthOf(a));
      }),
    );
  });
});

describe('coverage proof', () => {
  it('puts every wanted moment in exactly one place, for streams and for cameras', () => {
    fc.assert(
      fc.property(
        fc.array(accountArb, { minLength: 1, maxLength: 3 }),
        fc.nat(150),
        fc.integer({ min: 1, max: 150 }),
        (accounts, from, length) => {
          const [fromMs, toMs, nowMs] = [from * t, (from + length) * t, 260 * t];
          const streams = accounts.map((a) => takeApart(a, fromMs, toMs, nowMs));
          for (const parts of [...streams, together(streams)]) {
            const s = shareOf(parts, fromMs, toMs);
            expect(s.keptMs + s.deletedMs + s.gapMs + s.unexplainedMs).toBe(s.wantedMs);
            expect(shareOf(parts, 0, fromMs).wantedMs).toBe(0);
            expect(shareOf(parts, toMs, nowMs).wantedMs).toBe(0);
            const missing = missingOf(parts, nowMs);
            expect(missing.reduce((sum, m) => sum + m.toMs - m.fromMs, 0)).toBe(s.gapMs + s.unexplainedMs);
            for (const m of missing) expect(m.toMs).toBeGreaterThan(m.fromMs);
          }
        },
      ),
    );
  });

  it('says 100 % only of what is whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 10 }), fc.nat(10 ** 10), (wantedMs, some) => {
        const keptMs = some % (wantedMs + 1);
        const share = recordedShare({ wantedMs, keptMs, deletedMs: 0, gapMs: wantedMs - keptMs, unexplainedMs: 0 })!;
        expect(shownPercent(share) === 100).toBe(keptMs === wantedMs);
        expect(shownPercent(share) === 0).toBe(keptMs === 0);
      }),
    );
    expect(recordedShare({ wantedMs: 0, keptMs: 0, deletedMs: 0, gapMs: 0, unexplainedMs: 0 })).toBeNull();
  });

  it('tells deleted from missing, and what nothing explains from both', () => {
    const account: Account = {
      wanted: [[0, 100 * t]],
      covered: [[60 * t, 100 * t]],
      deleted: [[0, 40 * t]],
      gaps: [{ fromMs: 10 * t, toMs: 20 * t, cause: 'camera-lost' }],
    };
    const parts = takeApart(account, 0, 200 * t, 100 * t);
    expect(shareOf(parts, 0, 200 * t)).toEqual({
      wantedMs: 100 * t,
      keptMs: 40 * t,
      deletedMs: 30 * t,
      gapMs: 10 * t,
      unexplainedMs: 20 * t,
    });
    expect(missingOf(parts, 100 * t)).toEqual([
      { fromMs: 10 * t, toMs: 20 * t, cause: 'camera-lost', open: false },
      { fromMs: 40 * t, toMs: 60 * t, cause: 'unexplained', open: false },
    ]);
  });

  it('counts a small stream that goes on while the large one is missing', () => {
    const large: Account = {
      wanted: [[0, 100 * t]],
      covered: [[0, 50 * t]],
      deleted: [],
      gaps: [{ fromMs: 50 * t, toMs: null, cause: 'no-data' }],
    };
    const small: Account = {
      wanted: [[0, 100 * t]],
      covered: [[0, 90 * t]],
      deleted: [],
      gaps: [{ fromMs: 90 * t, toMs: null, cause: 'camera-lost' }],
    };
    const parts = together([large, small].map((a) => takeApart(a, 0, 100 * t, 100 * t)));
    expect(shareOf(parts, 0, 100 * t)).toMatchObject({ wantedMs: 100 * t, keptMs: 90 * t, gapMs: 10 * t });
    expect(missingOf(parts, 100 * t)).toEqual([{ fromMs: 90 * t, toMs: 100 * t, cause: 'camera-lost', open: true }]);
  });

  it('does not call the grain of a camera a gap', () => {
    const account: Account = {
      wanted: [[0, 10 * t]],
      covered: [
        [100, 4_000],
        [4_300, 9_900],
      ],
      deleted: [],
      gaps: [],
    };
    expect(shareOf(takeApart(account, 0, 10 * t, 10 * t), 0, 10 * t)).toMatchObject({
      keptMs: 10 * t,
      unexplainedMs: 0,
    });
  });
});
