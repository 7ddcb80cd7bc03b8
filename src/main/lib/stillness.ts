/**
 * How long a thread was held: a process that was stopped, a machine that slept, a debugger. A timer of the thread looks again and again; looks
 * that are much further apart than it asks for say that nothing ran between them, and that whatever was waited for may long be there. Pure;
 * times are monotonic, ms.
 */
export type Stillness = {
  /** To be called first whenever the timer comes. */
  look(nowMs: number): void;
  /** How much of the time from `sinceMs` to the last look the thread was held. */
  heldSince(sinceMs: number): number;
};

/** A thread that is looked at ten times a second was held where two looks are further apart than this. */
export const heldMs = 1_000;
/** So many times that it was held are remembered: what is asked about began after the oldest of them. */
const mostKept = 16;

/** `longestMs`: looks further apart than this say that it was held; well above what the timer asks for. */
export function createStillness(longestMs = heldMs): Stillness {
  const held: { fromMs: number; toMs: number }[] = [];
  let lookedMs: number | null = null;
  return {
    look(nowMs) {
      if (lookedMs !== null && nowMs - lookedMs > longestMs) {
        held.push({ fromMs: lookedMs, toMs: nowMs });
        if (held.length > mostKept) held.shift();
      }
      lookedMs = nowMs;
    },
    heldSince: (sinceMs) =>
      held.reduce((sum, { fromMs, toMs }) => sum + Math.max(0, toMs - Math.max(fromMs, sinceMs)), 0),
  };
}
