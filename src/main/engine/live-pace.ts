/** Decisions of the live hub about slow viewers. Pure: no clock, no socket. */

export const paceRule = {
  /** A line that is this far behind, ms, is slow. */
  slowMs: 1000,
  /** … and well again when it is no further behind than this, for as long as `calmMs`. */
  wellMs: 250,
  calmMs: 2000,
  /** Beyond this many waiting bytes nothing is sent at all, not even key frames. */
  fullBytes: 6 * 1024 * 1024,
  /** A new picture on a line with this much waiting starts with its key frame only. */
  busyBytes: 1536 * 1024,
} as const;

/** How far behind a line is. */
export type LineLook = { lagMs: number; pendingBytes: number; nowMs: number };
/** `sinceMs`: while slow, since when the line has been well; -1: it is not. */
export type Line = { slow: boolean; sinceMs: number };
export const freshLine: Line = { slow: false, sinceMs: -1 };

/** Slow at once, well again only after it has been so for a while: what flickers helps nobody. */
export function stepLine(line: Line, look: LineLook): Line {
  const behind = look.lagMs > paceRule.slowMs || look.pendingBytes > paceRule.fullBytes;
  if (!line.slow) return behind ? { slow: true, sinceMs: -1 } : line;
  const well = look.lagMs <= paceRule.wellMs && look.pendingBytes <= paceRule.busyBytes;
  if (!well) return line.sinceMs === -1 ? line : { slow: true, sinceMs: -1 };
  if (line.sinceMs === -1) return { slow: true, sinceMs: look.nowMs };
  return look.nowMs - line.sinceMs >= paceRule.calmMs ? freshLine : line;
}

export type FrameLook = { kind: 'format' | 'video' | 'audio'; key: boolean };
/** One stream on one line. `broken`: a picture was left out, so that only a key frame can be decoded next. */
export type Pace = { broken: boolean };

/** Whether a frame goes to a viewer. A picture that needs one that was left out is never sent. */
export function stepPace(
  pace: Pace,
  frame: FrameLook,
  line: { keysOnly: boolean; full: boolean },
): { pace: Pace; send: boolean } {
  if (frame.kind === 'format') return { pace, send: true };
  if (frame.kind === 'audio') return { pace, send: !line.keysOnly && !line.full && !pace.broken };
  const send = !line.full && (frame.key || (!line.keysOnly && !pace.broken));
  return { pace: send === !pace.broken ? pace : { broken: !send }, send };
}

/**
 * Measures how old the oldest byte is that a socket has not taken yet, from what was handed over and what still waits.
 * Bounded: marks are at least `grainMs` apart and those that are through are forgotten.
 */
export function createLag(grainMs = 20): {
  /** After handing over `bytes`. */
  handed(bytes: number, nowMs: number): void;
  /** Age in ms, 0 when nothing waits. */
  lagMs(pendingBytes: number, nowMs: number): number;
} {
  let total = 0;
  let marks: { upTo: number; atMs: number }[] = [];
  return {
    handed(bytes, nowMs) {
      total += bytes;
      const last = marks.at(-1);
      if (last && nowMs - last.atMs < grainMs) last.upTo = total;
      else marks.push({ upTo: total, atMs: nowMs });
    },
    lagMs(pendingBytes, nowMs) {
      const through = total - pendingBytes;
      const first = marks.findIndex((mark) => mark.upTo > through);
      if (first < 0) {
        marks = [];
        return 0;
      }
      if (first > 0) marks = marks.slice(first);
      return nowMs - (marks[0]?.atMs ?? nowMs);
    },
  };
}
