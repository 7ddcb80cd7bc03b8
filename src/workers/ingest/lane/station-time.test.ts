import { describe, expect, it } from 'vitest';
import type { Clock } from '#lib/clock.ts';
import { createStationTime } from './station-time.ts';

/** A machine: its wall clock can be set, it can sleep, and a thread can be held. */
function machine(linux: boolean) {
  let wall = 1_795_000_000_000;
  let mono = 5_000;
  let steady = 9_000;
  const clock: Clock = {
    nowMs: () => wall,
    nowUs: () => wall * 1000,
    monoMs: () => mono,
    ...(linux && { steadyMs: () => steady }),
  };
  const pass = (ms: number, asleep = false): void => {
    wall += ms;
    steady += ms;
    if (!asleep || !linux) mono += ms;
  };
  return { clock, pass, set: (byMs: number): void => void (wall += byMs) };
}

describe('station time', () => {
  it('follows small corrections silently and tells of steps', () => {
    const m = machine(true);
    const time = createStationTime(m.clock);
    m.pass(1000);
    m.set(-1900);
    expect(time.look()).toBeNull();
    expect(time.nowMs()).toBe(m.clock.nowMs());
    m.pass(1000);
    m.set(-3_600_000);
    // Until it is looked at, time goes on.
    expect(time.nowMs() - m.clock.nowMs()).toBe(3_600_000);
    expect(time.look()).toEqual({ steppedMs: -3_600_000, sleptMs: 0 });
    expect(time.nowMs()).toBe(m.clock.nowMs());
    m.pass(1000);
    expect(time.look()).toBeNull();
  });

  it.each([true, false])('knows sleep from a clock that was set (monotonic clock stands still: %s)', (linux) => {
    const m = machine(linux);
    const time = createStationTime(m.clock);
    m.pass(1000);
    m.pass(8 * 3_600_000, true);
    expect(time.look()).toEqual({ steppedMs: 0, sleptMs: linux ? 8 * 3_600_000 : 8 * 3_600_000 + 1000 });
    expect(time.nowMs()).toBe(m.clock.nowMs());
    m.pass(60_000, true);
    m.set(7_200_000);
    const look = time.look();
    expect(look?.steppedMs).toBe(7_200_000);
    expect(look?.sleptMs).toBe(60_000);
  });
});
