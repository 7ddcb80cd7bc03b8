import { clockStepMs } from '#domain/clock-seam.ts';
import { steadyMsOf, type Clock } from '#lib/clock.ts';

/**
 * The station's time as lanes see it: led by the monotonic clock, so that between two looks it never jumps, and by the wall
 * clock in the long run. Small corrections of the wall clock (NTP) are taken over as they come.
 */
export type StationTime = {
  /** Microseconds of UTC, an integer. */
  nowUs(): number;
  nowMs(): number;
  monoMs(): number;
  /** Compares the clocks; null: nothing that a recording need know of. Call about once a second. */
  look(): ClockLook | null;
};

/** `steppedMs`: the wall clock was set, by so much · `sleptMs`: the machine slept, or this thread was held, for so long. 0: not. */
export type ClockLook = { steppedMs: number; sleptMs: number };

/** Two looks further apart than this, and nothing ran in between: also where sleeping does not stop the monotonic clock. */
const heldMs = 15_000;

export function createStationTime(clock: Clock): StationTime {
  let offsetMs = clock.nowMs() - clock.monoMs();
  let lookedMs = clock.monoMs();
  let sleptMs = steadyMsOf(clock) - lookedMs;
  return {
    nowUs: () => Math.round((clock.monoMs() + offsetMs) * 1000),
    nowMs: () => Math.round(clock.monoMs() + offsetMs),
    monoMs: () => clock.monoMs(),
    look() {
      const now = clock.monoMs();
      const offset = clock.nowMs() - now;
      const slept = steadyMsOf(clock) - now - sleptMs;
      const moved = offset - offsetMs;
      const silentMs = now - lookedMs;
      lookedMs = now;
      sleptMs += slept;
      // the wall clock's grain is 1 ms: below that there is nothing to follow
      if (Math.abs(moved) > 1) offsetMs = offset;
      const stepped = Math.round(moved - slept);
      const look = {
        steppedMs: Math.abs(stepped) > clockStepMs ? stepped : 0,
        sleptMs: slept > clockStepMs ? Math.round(slept) : silentMs > heldMs ? Math.round(silentMs) : 0,
      };
      return look.steppedMs === 0 && look.sleptMs === 0 ? null : look;
    },
  };
}
