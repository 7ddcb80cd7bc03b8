/**
 * Finds the seams of a station's clock again from what segments note of both clocks when they are begun, in whatever order they
 * come: for an index that is made from the disk alone. Pure.
 */
import { clockStepMs, overlapLeadMs, type ClockSeam } from '../clock-seam.ts';

/** Both clocks at one moment, UTC ms and ms since that boot. */
export type ClockNote = { boot: string; steadyMs: number; wallMs: number };

/** Clocks part by so much of the time that passes without being set: crystals are good to 100 millionths, networks lead gently. */
const drift = 500e-6;
/** One note in so long is enough, of each clock. */
const noteEveryMs = 60_000;

export type SeamFinder = {
  note(note: ClockNote): void;
  /** The seams between all that was noted, by number from 1. Sleep cannot be told, and is no matter. */
  seams(): ClockSeam[];
};

export function createSeamFinder(): SeamFinder {
  const boots = new Map<string, Map<string, { steadyMs: number; wallMs: number }>>();
  return {
    note({ boot, steadyMs, wallMs }) {
      let notes = boots.get(boot);
      if (notes === undefined) boots.set(boot, (notes = new Map<string, { steadyMs: number; wallMs: number }>()));
      const clock = Math.round((wallMs - steadyMs) / clockStepMs);
      const key = `${Math.floor(steadyMs / noteEveryMs)} ${clock}`;
      const had = notes.get(key);
      if (had === undefined || steadyMs < had.steadyMs) notes.set(key, { steadyMs, wallMs });
    },
    seams() {
      const runs = [...boots].flatMap(([boot, notes]) => {
        const sorted = [...notes.values()].sort((a, b) => a.steadyMs - b.steadyMs);
        const last = sorted.at(-1);
        return last === undefined ? [] : [{ boot, notes: sorted, endMs: last.wallMs }];
      });
      // Boots come one after the other; what their clocks said at their ends is the best that there is to order them by.
      runs.sort((a, b) => a.endMs - b.endMs);
      const out: ClockSeam[] = [];
      const add = (seam: Omit<ClockSeam, 'id'>): void => {
        out.push({ id: out.length + 1, ...seam });
      };
      let reachedMs = 0;
      for (const { boot, notes } of runs) {
        const [first] = notes;
        if (first === undefined) continue;
        let fromMs = first.wallMs;
        let { steadyMs: lastMs, wallMs } = first;
        if (reachedMs > wallMs + overlapLeadMs)
          add({ kind: 'off', fromMs, beforeMs: reachedMs, atMs: wallMs, steadyMs: lastMs, boot });
        for (const note of notes.slice(1)) {
          const beforeMs = Math.round(wallMs + (note.steadyMs - lastMs));
          const by = note.wallMs - beforeMs;
          if (Math.abs(by) > clockStepMs + (note.steadyMs - lastMs) * drift) {
            add({ kind: 'step', fromMs, beforeMs, atMs: note.wallMs, steadyMs: note.steadyMs, boot });
            fromMs = note.wallMs;
          }
          lastMs = note.steadyMs;
          wallMs = note.wallMs;
        }
        reachedMs = wallMs;
      }
      return out;
    },
  };
}
