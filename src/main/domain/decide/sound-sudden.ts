/**
 * When a sound stands out of what is usual there. The background follows slowly: up by little, down by more, so that a bang does not
 * lift it and a machine that begins is usual after some seconds. Pure.
 */
import { floorDb } from '../sound.ts';
import type { LevelOutput, LevelStep } from './sound-loud.ts';

/** The background follows by so much a second, dB. */
const upDb = 1;
const downDb = 6;
/** It is learned for so long first, ms: by the quieter half of what is heard. */
const learnMs = 5_000;
/** What is quieter is nothing to tell, whatever it stands out of, dBFS. */
const leastDb = -55;
/** It is over when it stands out by less than this part … */
const overPart = 0.5;
/** … for so long, ms. */
const overMs = 1_000;

export type Sudden = {
  /** dBFS; null: nothing was heard yet. */
  backgroundDb: number | null;
  /** Heard so far, ms, up to `learnMs`. */
  learnedMs: number;
  open: { lastMs: number; peakDb: number } | null;
};
export const freshSudden: Sudden = { backgroundDb: null, learnedMs: 0, open: null };

/** The background, as far as it is known well enough to compare with. */
export const knownBackground = (s: Sudden): number | null => (s.learnedMs >= learnMs ? s.backgroundDb : null);

/** `riseDb`: it must stand out by so much. */
export function sudden(
  state: Sudden,
  { atMs, forMs, levelDb, riseDb }: LevelStep & { riseDb: number },
): [Sudden, LevelOutput[]] {
  const s = forMs / 1_000;
  const before = Math.max(floorDb, state.backgroundDb ?? levelDb);
  const learning = state.learnedMs < learnMs;
  // While it is learned the quietest counts, and what is louder hardly.
  const up = learning ? upDb * 2 * s : upDb * s;
  const down = learning ? Number.POSITIVE_INFINITY : downDb * s;
  const backgroundDb = Math.max(before - down, Math.min(before + up, levelDb));
  const next: Sudden = { ...state, backgroundDb, learnedMs: Math.min(learnMs, state.learnedMs + forMs) };
  if (learning) return [next, []];
  const rise = levelDb - before;
  const endMs = atMs + forMs;
  if (state.open === null) {
    if (rise < riseDb || levelDb < leastDb) return [next, []];
    return [{ ...next, open: { lastMs: endMs, peakDb: levelDb } }, [{ is: 'begin', fromMs: atMs, peakDb: levelDb }]];
  }
  const { lastMs, peakDb } = state.open;
  if (rise >= riseDb * overPart) return [{ ...next, open: { lastMs: endMs, peakDb: Math.max(peakDb, levelDb) } }, []];
  if (endMs - lastMs < overMs) return [next, []];
  return [{ ...next, open: null }, [{ is: 'end', atMs: lastMs, peakDb }]];
}
