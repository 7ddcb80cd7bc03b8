/** What a camera does that misbehaves on purpose, and when. */
export type Fault =
  /** Ends all its connections without a word. */
  | { kind: 'drop' }
  /** Its cable is out, until `back`. */
  | { kind: 'away' }
  | { kind: 'back' }
  /** Its clock moves: all later timestamps are off by this much. */
  | { kind: 'jump'; byMs: number };

/** One step: so long after the step before it, this happens. */
export type FaultStep = { afterMs: number; fault: Fault };

/** Every few minutes, forward and back, never two at once. */
export const defaultFaults: FaultStep[] = [
  { afterMs: 70_000, fault: { kind: 'jump', byMs: 37_000 } },
  { afterMs: 80_000, fault: { kind: 'drop' } },
  { afterMs: 60_000, fault: { kind: 'jump', byMs: -12_000 } },
  { afterMs: 110_000, fault: { kind: 'away' } },
  // Long enough to count as lost (5 s), short enough to be watched.
  { afterMs: 10_000, fault: { kind: 'back' } },
];

/** Goes through the steps again and again until stopped. */
export function createFaults(steps: FaultStep[], act: (fault: Fault) => void): { start(): void; stop(): void } {
  let timer: NodeJS.Timeout | null = null;
  const arm = (i: number): void => {
    const step = steps[i % steps.length];
    if (!step) return;
    timer = setTimeout(() => {
      act(step.fault);
      arm(i + 1);
    }, step.afterMs);
  };
  return {
    start() {
      if (!timer) arm(0);
    },
    stop() {
      if (timer) clearTimeout(timer);
      timer = null;
    },
  };
}
