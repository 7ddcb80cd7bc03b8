import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wantedAfter } from './wanted-after.ts';

const span = fc.tuple(fc.nat(60), fc.nat(20)).map(([fromMs, ms]) => ({ fromMs, toMs: fromMs + ms }));

describe('what was wanted while the station was off', () => {
  it('tiles the time since the last picture with what was asked for and what was not', () => {
    fc.assert(
      fc.property(
        fc.array(span, { maxLength: 4 }),
        fc.option(fc.nat(40)),
        fc.array(span, { maxLength: 4 }),
        fc.nat(50),
        fc.nat(60),
        (closed, open, meanwhile, sinceMs, endedMs) => {
          const nowMs = 70;
          const runs = [...closed, ...(open === null ? [] : [{ fromMs: open, toMs: null }])];
          const { wanted, unwanted } = wantedAfter({ runs, meanwhile, sinceMs, endedMs, nowMs });
          for (let at = sinceMs; at < nowMs; at++) {
            const asked =
              runs.some((r) => at >= r.fromMs && at < (r.toMs ?? endedMs)) ||
              meanwhile.some((s) => at >= s.fromMs && at < s.toMs);
            expect(wanted.filter((s) => at >= s.fromMs && at < s.toMs)).toHaveLength(asked ? 1 : 0);
            expect(unwanted.filter((s) => at >= s.fromMs && at < s.toMs)).toHaveLength(asked ? 0 : 1);
          }
          for (const [i, s] of wanted.entries()) expect(wanted[i + 1]?.fromMs ?? Infinity).toBeGreaterThan(s.toMs);
        },
      ),
    );
  });
});
