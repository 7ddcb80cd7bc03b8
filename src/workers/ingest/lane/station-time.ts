import type { Clock } from '#lib/clock.ts';

/**
 * The station's time as lanes see it: led by the monotonic clock, so that between two looks it never jumps, and by the wall
 * clock in the long run. Small corrections of the wall clock (NTP) are taken over as they come.
 */
export type StationTime = {
  /** Microseconds of UTC, an integer. */
  nowUs(): number;
  nowMs(): number;
  monoMs(): number;
  /** Compares the clocks; by how many ms they moved apart if that is a jump, else null. Call about once a second. */
  look(): number | null;
};

/** More than this between two looks is a jump, less is a correction. */
export const clockJumpMs = 2000;

export function createStationTime(clock: Clock): StationTime {
  let offsetMs = clock.nowMs() - clock.monoMs();
  return {
    nowUs: () => Math.round((clock.monoMs() + offsetMs) * 1000),
    nowMs: () => Math.round(clock.monoMs() + offsetMs),
    monoMs: () => clock.monoMs(),
    look() {
      const offset = clock.nowMs() - clock.monoMs();
      const moved = offset - offsetMs;
      // the wall clock's grain is 1 ms: below that there is nothing to follow
      if (Math.abs(moved) > 1) offsetMs = offset;
      return Math.abs(moved) > clockJumpMs ? Math.round(moved) : null;
    },
  };
}
