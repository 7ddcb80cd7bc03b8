/** What is known of one stream's segments: which spans were asked for, and what lies in them. Pure. */
import { gapToleranceMs } from '#domain/gap.ts';
import type { Segment } from '#domain/segment.ts';

export type Found =
  | { kind: 'segment'; segment: Segment }
  /** Nothing at this moment; ends of the neighbours inside the known span, null where the known span ends first. */
  | { kind: 'gap'; prevMs: number | null; nextMs: number | null }
  | { kind: 'unknown' };

export type SegmentMap = {
  /** Takes in all segments that touch [fromMs, toMs). */
  learn(fromMs: number, toMs: number, segments: readonly Segment[]): void;
  /** Takes in a newer state of one segment. */
  update(segment: Segment): void;
  at(atMs: number): Found;
  /** Forgets what was known from a moment on. */
  forgetFrom(fromMs: number): void;
};

/** Chunks of this length are asked for at once. */
export const chunkMs = 1_800_000;
const maxKnown = 4_000;

export function createSegmentMap(): SegmentMap {
  let segments: Segment[] = [];
  let spans: [number, number][] = [];

  const merge = (fromMs: number, toMs: number): void => {
    const all = [...spans, [fromMs, toMs] as [number, number]].sort((a, b) => a[0] - b[0]);
    spans = [];
    for (const span of all) {
      const last = spans.at(-1);
      if (last && span[0] <= last[1]) last[1] = Math.max(last[1], span[1]);
      else spans.push([...span]);
    }
  };
  /** Index of the last segment that starts at or before a moment; -1: none. */
  const indexAt = (atMs: number): number => {
    let low = -1;
    let high = segments.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((segments[middle]?.startMs ?? 0) <= atMs) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    learn(fromMs, toMs, fresh) {
      if (segments.length + fresh.length > maxKnown) {
        segments = [];
        spans = [];
      }
      const byStart = new Map(
        segments.filter((s) => s.endMs <= fromMs || s.startMs >= toMs).map((s) => [s.startMs, s]),
      );
      for (const s of fresh) byStart.set(s.startMs, s);
      segments = [...byStart.values()].sort((a, b) => a.startMs - b.startMs);
      merge(fromMs, toMs);
    },
    update(segment) {
      const i = segments.findIndex((s) => s.startMs === segment.startMs);
      if (i >= 0) segments[i] = segment;
    },
    at(atMs) {
      const i = indexAt(atMs);
      const before = segments[i];
      // The newest one where two of them have it, else the one that reaches beyond it.
      for (const one of [before, segments[i - 1]])
        if (one && atMs < one.endMs) return { kind: 'segment', segment: one };
      const known = spans.find(([from, to]) => from <= atMs && atMs < to);
      if (!known) return { kind: 'unknown' };
      const after = segments[i + 1];
      // Shorter holes are the grain of the camera's own frames.
      if (after && after.startMs - atMs <= gapToleranceMs) return { kind: 'segment', segment: after };
      if (before && atMs - before.endMs <= gapToleranceMs) {
        if (after && after.startMs - before.endMs <= gapToleranceMs * 2) return { kind: 'segment', segment: after };
      }
      return {
        kind: 'gap',
        prevMs: before && before.endMs >= known[0] ? before.endMs : null,
        nextMs: after && after.startMs < known[1] ? after.startMs : null,
      };
    },
    forgetFrom(fromMs) {
      spans = spans.filter(([from]) => from < fromMs).map(([from, to]) => [from, Math.min(to, fromMs)]);
    },
  };
}
