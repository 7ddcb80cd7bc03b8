import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockStepMs, type ClockSeam } from '../clock-seam.ts';
import { clockError, compareRuns, doubtedSpans, seamOf, shown, twiceRecorded } from './clock-runs.ts';

const hour = 3_600_000;
const t0 = Date.UTC(2026, 10, 22, 14);
const boot = '0f7e1a2b-3c4d-4e5f-8a9b-0c1d2e3f4a5b';

/** A machine whose clock is set by so much, each after so long (real time); what is recorded in between, a segment a minute. */
type Life = { runMs: number; setMs: number }[];
function live(life: Life, startAheadMs = 0) {
  const seams: ClockSeam[] = [];
  const recorded: { startMs: number; endMs: number; seam: number; realMs: number; steadyMs: number }[] = [];
  let real = t0;
  let ahead = startAheadMs;
  let fromMs = t0 + ahead;
  for (const { runMs, setMs } of [...life, { runMs: 10 * 60_000, setMs: 0 }]) {
    for (const end = real + runMs; real < end; real += 60_000) {
      const startMs = real + ahead;
      const seam = seams.at(-1)?.id ?? 0;
      recorded.push({ startMs, endMs: startMs + 60_000, seam, realMs: real, steadyMs: real - t0 });
    }
    if (setMs === 0) continue;
    const [beforeMs, atMs] = [real + ahead, real + ahead + setMs];
    seams.push({ id: seams.length + 1, kind: 'step', fromMs, beforeMs, atMs, steadyMs: real - t0, boot });
    ahead += setMs;
    fromMs = atMs;
  }
  return { seams, recorded, aheadMs: ahead, nowMs: real + ahead };
}
const anyLife = fc.array(
  fc.record({
    runMs: fc.integer({ min: 2, max: 90 }).map((m) => m * 60_000),
    setMs: fc.integer({ min: -2 * hour, max: 2 * hour }).filter((ms) => Math.abs(ms) > clockStepMs),
  }),
  { maxLength: 6 },
);

describe('clock runs', () => {
  it('dates all that one run of the station recorded as the clock that it ends with would have', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const { seams, recorded, aheadMs } = live(life);
        for (const r of recorded) {
          const wrong = clockError(seams, r);
          const off = r.startMs - r.realMs - aheadMs;
          if (Math.abs(off) > clockStepMs) expect(wrong).toEqual({ ms: off, exact: true });
          else expect(wrong).toBeNull();
        }
      }),
    );
  });

  it('knows by both clocks after which seam a segment was recorded', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const { seams, recorded } = live(life);
        for (const r of recorded)
          expect(seamOf(seams, { startMs: r.startMs, steadyMs: r.steadyMs, boot })).toBe(r.seam);
      }),
    );
  });

  it('gives what a lane still dates by the clock before a step to the run before it', () => {
    const { seams } = live([{ runMs: 30 * 60_000, setMs: -hour }]);
    const steadyMs = 30 * 60_000 + 20_000;
    expect(seamOf(seams, { startMs: t0 + steadyMs, steadyMs, boot })).toBe(0);
    expect(seamOf(seams, { startMs: t0 + steadyMs - hour, steadyMs, boot })).toBe(1);
  });

  it('shows of every moment one recording at least, and hides none that nothing better covers', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const { seams, recorded } = live(life);
        const all = recorded.toSorted((a, b) => a.startMs - b.startMs);
        const seen = shown(all, seams, null);
        const compare = compareRuns(seams, null);
        for (const s of all) {
          const better = seen.some(
            (o) => o.seam !== s.seam && o.startMs <= s.startMs && s.startMs < o.endMs && compare(o, s) < 0,
          );
          expect(seen.includes(s)).toBe(!better);
          expect(seen.some((o) => o.startMs <= s.startMs && s.startMs < o.endMs)).toBe(true);
        }
        // What is asked for by its run is all there.
        for (const { id } of seams) {
          const mine = all.filter((s) => s.seam === id);
          expect(shown(all, seams, id).filter((s) => s.seam === id)).toEqual(mine);
        }
      }),
    );
  });

  it('finds what two clocks recorded, the right one first', () => {
    const { seams, nowMs } = live([{ runMs: 60 * 60_000, setMs: -hour / 2 }]);
    expect(twiceRecorded(seams, nowMs)).toEqual([{ fromMs: t0 + hour / 2, toMs: nowMs, runs: [1, 0] }]);
    const later = nowMs + 3 * hour;
    expect(twiceRecorded(seams, later)).toEqual([{ fromMs: t0 + hour / 2, toMs: t0 + hour, runs: [1, 0] }]);
  });

  it('takes a clock that was set wrong for a while and right again for right before and after', () => {
    const { seams, recorded } = live([
      { runMs: 60 * 60_000, setMs: -hour },
      { runMs: 10 * 60_000, setMs: hour },
    ]);
    const wrong = recorded.filter((r) => clockError(seams, r) !== null);
    expect(wrong.every((r) => r.seam === 1)).toBe(true);
    expect(wrong).toHaveLength(10);
    expect(doubtedSpans(seams)).toEqual([
      { seam: 1, fromMs: t0, toMs: t0 + 10 * 60_000, error: { ms: -hour, exact: true } },
    ]);
  });

  it('says of a wrong year at the start what it was, once the network has told the time', () => {
    const years = 9 * 365 * 24 * hour;
    const { seams, recorded } = live([{ runMs: 2 * 60_000, setMs: -years }], years);
    expect(recorded.slice(0, 2).map((r) => clockError(seams, r))).toEqual([
      { ms: years, exact: true },
      { ms: years, exact: true },
    ]);
    expect(recorded[0]?.startMs).toBe(t0 + years);
  });

  it('doubts only what is dated later than a clock that was found set back, until that is set right', () => {
    const off: ClockSeam = {
      id: 1,
      kind: 'off',
      fromMs: t0 - 9 * hour,
      beforeMs: t0,
      atMs: t0 - 9 * hour,
      steadyMs: 1000,
      boot,
    };
    expect(clockError([off], { startMs: t0 - hour })).toEqual({ ms: 9 * hour, exact: false });
    expect(clockError([off], { startMs: t0 - 10 * hour })).toBeNull();
    const right: ClockSeam = {
      id: 2,
      kind: 'step',
      fromMs: off.atMs,
      beforeMs: off.atMs + 60_000,
      atMs: t0 + hour,
      steadyMs: 61_000,
      boot,
    };
    expect(clockError([off, right], { startMs: t0 - hour })).toBeNull();
    expect(clockError([off, right], { startMs: off.atMs, seam: 1 })).toEqual({
      ms: -(10 * hour - 60_000),
      exact: true,
    });
  });

  it('does not follow seams that no run of the station saw both of', () => {
    const one = live([{ runMs: 60 * 60_000, setMs: -hour }]).seams;
    const later: ClockSeam = {
      id: 2,
      kind: 'step',
      fromMs: t0 + 48 * hour,
      beforeMs: t0 + 50 * hour,
      atMs: t0 + 51 * hour,
      steadyMs: 0,
      boot: 'another',
    };
    expect(clockError([...one, later], { startMs: t0 })).toEqual({ ms: hour, exact: true });
    expect(clockError([...one, later], { startMs: t0 + 20 * hour, seam: 1 })).toBeNull();
    expect(clockError([...one, later], { startMs: t0 + 49 * hour, seam: 1 })).toEqual({ ms: -hour, exact: true });
  });

  it('does not take sleep for a wrong clock', () => {
    const asleep: ClockSeam = {
      id: 1,
      kind: 'sleep',
      fromMs: t0,
      beforeMs: t0 + hour,
      atMs: t0 + 5 * hour,
      steadyMs: 0,
      boot,
    };
    expect(clockError([asleep], { startMs: t0 })).toBeNull();
    expect(doubtedSpans([asleep])).toEqual([]);
  });
});
