/**
 * A step of the station's clock that a stream has not taken over yet: up to its next key frame it goes on with the time before
 * the step, and begins its next segment there with the time after it. Nothing is lost and nothing is cut in two. Pure.
 */
export type HeldStep = {
  /** The clock was set by so much; steps add up. */
  add(byUs: number, atMonoMs: number): void;
  /** What is still to be taken over, µs: arrivals are given without it. */
  heldUs(): number;
  /** At a picture: `step` takes it over now; `give-up`: no key frame came for too long, the line must end; null: it goes on. */
  due(key: boolean, monoMs: number): 'step' | 'give-up' | null;
  /** It was taken over, or does not matter any more. */
  clear(): void;
};

/** The time is right again after this at the latest. */
const longestMs = 30_000;

export function createHeldStep(): HeldStep {
  let heldUs = 0;
  let sinceMonoMs = 0;
  return {
    add(byUs, atMonoMs) {
      if (heldUs === 0) sinceMonoMs = atMonoMs;
      heldUs += byUs;
    },
    heldUs: () => heldUs,
    due(key, monoMs) {
      if (heldUs === 0) return null;
      if (key) return 'step';
      return monoMs - sinceMonoMs > longestMs ? 'give-up' : null;
    },
    clear() {
      heldUs = 0;
    },
  };
}
