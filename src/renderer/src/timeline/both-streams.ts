/**
 * One row of a camera from those of its two streams: the main stream's, and the sub stream's where the main one was not to be
 * recorded. A gap of the main stream stays a gap, although the sub stream may play there. Pure.
 */
import type { CoverageRow } from './coverage.ts';

type Span = readonly [number, number];

/** What of `spans` lies outside of `others`; both in order and without overlap. */
export function outside(spans: readonly Span[], others: readonly Span[]): [number, number][] {
  const out: [number, number][] = [];
  for (const [from, to] of spans) {
    let at = from;
    for (const [a, b] of others) {
      if (b <= at) continue;
      if (a >= to) break;
      if (a > at) out.push([at, a]);
      at = b;
    }
    if (at < to) out.push([at, to]);
  }
  return out;
}

/** Joins spans that touch or overlap. */
function joined(spans: readonly Span[]): [number, number][] {
  const out: [number, number][] = [];
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

const end = (toMs: number | null): number => toMs ?? Number.POSITIVE_INFINITY;

export function bothStreams(main: CoverageRow, sub: CoverageRow): CoverageRow {
  const mainGaps = joined(main.gaps.map((g) => [g.fromMs, end(g.toMs)]));
  const taken = joined([...main.spans, ...mainGaps]);
  const subGaps = sub.gaps.flatMap((gap) =>
    outside([[gap.fromMs, end(gap.toMs)]], taken).map(([fromMs, toMs]) => ({
      ...gap,
      fromMs,
      toMs: Number.isFinite(toMs) ? toMs : null,
    })),
  );
  return {
    ...main,
    spans: joined([...main.spans, ...outside(sub.spans, mainGaps)]),
    gaps: [...main.gaps, ...subGaps].sort((a, b) => a.fromMs - b.fromMs),
    backFilled: joined([...main.backFilled, ...outside(sub.backFilled, taken)]),
    archived: joined([...main.archived, ...outside(sub.archived, taken)]),
  };
}
