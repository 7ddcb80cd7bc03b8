/** When it is loud: at or above a threshold for long enough, until it was quieter for a while. Pure. */

/** A sound that was loud is so until it is quieter than the threshold by so much, dB … */
const hysteresisDb = 3;
/** … for so long, ms: a word, a knock and the next are one event. */
export const loudOverMs = 1_500;

export type Loud = {
  /** When it came above the threshold; null: it is below. */
  fromMs: number | null;
  /** When it was loud last. */
  lastMs: number;
  peakDb: number;
  told: boolean;
};
export const notLoud: Loud = { fromMs: null, lastMs: 0, peakDb: Number.NEGATIVE_INFINITY, told: false };

/** `peakDb`: the loudest so far, by the level that is compared. */
export type LevelOutput =
  | { is: 'begin'; fromMs: number; peakDb: number }
  /** `atMs`: when it was over. */
  | { is: 'end'; atMs: number; peakDb: number };

export type LevelStep = { atMs: number; forMs: number; levelDb: number };

/** `atMs`: when the piece begins, `forMs` long. `minMs`: it must be loud for so long; pieces are told as they end. */
export function loud(
  state: Loud,
  { atMs, forMs, levelDb, thresholdDb, minMs }: LevelStep & { thresholdDb: number; minMs: number },
): [Loud, LevelOutput[]] {
  const endMs = atMs + forMs;
  if (state.fromMs === null) {
    if (levelDb < thresholdDb) return [notLoud, []];
    const began: Loud = { fromMs: atMs, lastMs: endMs, peakDb: levelDb, told: false };
    return tellIfLong(began, minMs);
  }
  if (levelDb >= thresholdDb - hysteresisDb)
    return tellIfLong({ ...state, lastMs: endMs, peakDb: Math.max(state.peakDb, levelDb) }, minMs);
  // What was not told yet was too short.
  if (!state.told) return [notLoud, []];
  if (endMs - state.lastMs < loudOverMs) return [state, []];
  return [notLoud, [{ is: 'end', atMs: state.lastMs, peakDb: state.peakDb }]];
}

function tellIfLong(state: Loud, minMs: number): [Loud, LevelOutput[]] {
  const { fromMs, lastMs, peakDb, told } = state;
  if (told || fromMs === null || lastMs - fromMs < minMs) return [state, []];
  return [{ ...state, told: true }, [{ is: 'begin', fromMs, peakDb }]];
}
