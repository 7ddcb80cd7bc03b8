import { uptime } from 'node:os';

/** Time, injected everywhere: nothing else in the station reads a clock. */
export type Clock = {
  /** UTC milliseconds, an integer; jumps when the PC's clock is set. */
  nowMs(): number;
  /** UTC microseconds, an integer of millisecond grain; jumps likewise. */
  nowUs(): number;
  /** Milliseconds with fraction on a clock that never jumps; only differences mean something. */
  monoMs(): number;
  /**
   * Milliseconds since the machine started, on a clock that nobody sets and that goes on while the machine sleeps; the same in all
   * threads and processes. Absent: `monoMs` goes on then too.
   */
  steadyMs?(): number;
};

/** What the monotonic clock of this thread lacks to that of the machine, which is the same for all threads. */
const sinceBootMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
const monoMs = (): number => sinceBootMs + performance.now();

/** The machine's own clocks. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  nowUs: () => Date.now() * 1000,
  monoMs,
  // Only Linux stops its monotonic clock while the machine sleeps; its time since boot (to 10 ms) does not stop.
  ...(process.platform === 'linux' && { steadyMs: () => uptime() * 1000 }),
};

export const steadyMsOf = (clock: Clock): number => clock.steadyMs?.() ?? clock.monoMs();
