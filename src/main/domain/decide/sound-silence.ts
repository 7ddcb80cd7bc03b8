/**
 * When a microphone that was heard gives nothing any more: digital silence, its own smallest step, or no sound at all. A quiet night
 * is no silence: a microphone's own noise lies above. Pure.
 */

/**
 * Not louder than this is silence, dBFS. A-law has no zero: its smallest step, ±8 of 32768, is a level of -69 dBFS (ITU-T G.711);
 * noise of a microphone that works is some dB above.
 */
export const silentDb = -66;
/** It was heard when it was louder for so long, ms, in all: a click while a cable is plugged is not enough. */
const heardMs = 2_000;
/** And is heard again after so long, ms. */
const againMs = 500;

export type Silence = {
  /** How long it was heard, ms, up to `heardMs`. */
  heardMs: number;
  /** Since when it gives nothing; null: it is heard. */
  fromMs: number | null;
  /** How long it is heard again, ms. */
  againMs: number;
  told: boolean;
};
/** `heard`: it was heard before, in an earlier run of its stream. */
export const freshSilence = (heard: boolean): Silence => ({
  heardMs: heard ? heardMs : 0,
  fromMs: null,
  againMs: 0,
  told: false,
});
export const wasHeard = (s: Silence): boolean => s.heardMs >= heardMs;

export type SilenceOutput = { is: 'begin'; fromMs: number } | { is: 'end'; atMs: number };

/** `levelDb`: never weighted; null: no sound came in this time. `minMs`: it is told after so long. */
export function silence(
  state: Silence,
  { atMs, forMs, levelDb, minMs }: { atMs: number; forMs: number; levelDb: number | null; minMs: number },
): [Silence, SilenceOutput[]] {
  const endMs = atMs + forMs;
  if (levelDb !== null && levelDb > silentDb) {
    const again = state.againMs + forMs;
    const heard = Math.min(heardMs, state.heardMs + forMs);
    if (state.fromMs === null) return [{ ...state, heardMs: heard, againMs: 0 }, []];
    if (again < againMs) return [{ ...state, againMs: again }, []];
    const over: Silence = { heardMs: heard, fromMs: null, againMs: 0, told: false };
    return [over, state.told ? [{ is: 'end', atMs: endMs - again }] : []];
  }
  const fromMs = state.fromMs ?? atMs;
  const next: Silence = { ...state, fromMs, againMs: 0 };
  if (state.told || !wasHeard(state) || endMs - fromMs < minMs) return [next, []];
  return [{ ...next, told: true }, [{ is: 'begin', fromMs }]];
}
