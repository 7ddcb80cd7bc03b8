/** Time, injected everywhere: nothing else in the station reads a clock. */
export type Clock = {
  /** UTC milliseconds, an integer; jumps when the PC's clock is set. */
  nowMs(): number;
  /** UTC microseconds, an integer of millisecond grain; jumps likewise. */
  nowUs(): number;
  /** Milliseconds with fraction on a clock that never jumps; only differences mean something. */
  monoMs(): number;
};

/** The machine's own clocks. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  nowUs: () => Date.now() * 1000,
  monoMs: () => performance.now(),
};
