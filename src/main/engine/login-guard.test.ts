import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLoginGuard, guardDelayMs, userRule } from './login-guard.ts';

describe('login guard', () => {
  it('doubles the delay with every failure beyond the free ones, up to the longest', () => {
    expect(Array.from({ length: 13 }, (_, n) => guardDelayMs(n, userRule))).toEqual([
      0, 0, 0, 0, 0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000,
    ]);
    expect(guardDelayMs(1_000_000, userRule)).toBe(60_000);
  });

  it('never lets more tries through than the delays allow, whatever the rhythm', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 60 }), (pauses) => {
        let nowMs = 0;
        const guard = createLoginGuard(() => nowMs);
        let failures = 0;
        let lastMs = 0;
        for (const pause of pauses) {
          nowMs += pause;
          const { waitMs } = guard.begin('user ada', userRule);
          const due = lastMs + guardDelayMs(failures, userRule);
          expect(waitMs).toBe(failures > 0 ? Math.max(0, due - nowMs) : 0);
          if (waitMs > 0) continue;
          failures += 1;
          lastMs = nowMs;
        }
      }),
    );
  });

  it('forgets after an hour and with a right try, and holds ten thousand keys at most', () => {
    let nowMs = 0;
    const guard = createLoginGuard(() => nowMs);
    for (let i = 0; i < 5; i++) guard.begin('a', userRule);
    expect(guard.begin('a', userRule).waitMs).toBe(1000);
    nowMs += 3_600_001;
    expect(guard.begin('a', userRule)).toEqual({ waitMs: 0, blocks: false });
    for (let i = 0; i < 3; i++) guard.begin('a', userRule);
    guard.passed('a', userRule, true);
    for (let i = 0; i < 4; i++) expect(guard.begin('a', userRule).waitMs).toBe(0);
    expect(guard.begin('a', userRule)).toEqual({ waitMs: 0, blocks: true });
    for (let i = 0; i < 10_001; i++) guard.begin(`k${i}`, userRule);
    expect(guard.begin('a', userRule).waitMs).toBe(0); // the oldest went first
  });
});
