/** How much of what should have been recorded was, and what is missing why. Pure; times in UTC ms. */
import type { Missing, Share } from '../coverage-proof.ts';
import { gapToleranceMs, type Gap } from '../gap.ts';
import { common, lengthOf, runsOf, union, without, type Run } from '../runs.ts';

/** What the index knows of one stream over a span: sets of time. */
export type Account = {
  wanted: readonly Run[];
  covered: readonly Run[];
  /** Between what was deleted there may have been holes; those are in `gaps` or not wanted. */
  deleted: readonly Run[];
  gaps: readonly Gap[];
};

/** One stream's time, taken apart: every wanted moment is in exactly one of the others. */
export type Parts = { wanted: Run[]; kept: Run[]; deleted: Run[]; gap: Run[]; unexplained: Run[]; causes: Gap[] };

/**
 * Takes a span apart. `nowMs` ends what is still open. Shorter than the tolerance is the grain of the camera's own pictures: it counts with
 * what lies before it.
 */
export function takeApart(account: Account, fromMs: number, toMs: number, nowMs: number): Parts {
  const span: Run[] = [[fromMs, Math.max(fromMs, Math.min(toMs, nowMs))]];
  const wanted = common(runsOf(account.wanted), span);
  const kept = common(bridge(account.covered), wanted);
  const told = runsOf(account.gaps.map((g): Run => [g.fromMs, g.toMs ?? nowMs]));
  const gap = without(common(told, wanted), kept);
  const deleted = without(without(common(bridge(account.deleted), wanted), kept), gap);
  const rest = without(without(without(wanted, kept), deleted), gap);
  const grain = rest.filter(([from, to]) => to - from < gapToleranceMs);
  return {
    wanted,
    kept: union(kept, grain),
    deleted,
    gap,
    unexplained: rest.filter(([from, to]) => to - from >= gapToleranceMs),
    causes: [...account.gaps],
  };
}

/** Runs with what is too short to be a gap between them closed. */
function bridge(runs: readonly Run[]): Run[] {
  const out: [number, number][] = [];
  for (const [from, to] of runsOf(runs)) {
    const last = out.at(-1);
    if (last !== undefined && from - last[1] < gapToleranceMs) last[1] = to;
    else out.push([from, to]);
  }
  return out;
}

/** A camera's time from its streams': what any of them has counts. */
export function together(streams: readonly Parts[]): Parts {
  const all = (pick: (p: Parts) => readonly Run[]): Run[] => runsOf(streams.flatMap(pick));
  const wanted = all((p) => p.wanted);
  const kept = all((p) => p.kept);
  const deleted = without(
    all((p) => p.deleted),
    kept,
  );
  const had = union(kept, deleted);
  const gap = without(
    all((p) => p.gap),
    had,
  );
  const unexplained = without(without(without(wanted, had), gap), []);
  return { wanted, kept, deleted, gap, unexplained, causes: streams.flatMap((p) => p.causes) };
}

/** Of [fromMs, toMs) alone. */
export function shareOf(parts: Parts, fromMs: number, toMs: number): Share {
  const within = (runs: readonly Run[]): number => lengthOf(common(runs, [[fromMs, toMs]]));
  return {
    wantedMs: within(parts.wanted),
    keptMs: within(parts.kept),
    deletedMs: within(parts.deleted),
    gapMs: within(parts.gap),
    unexplainedMs: within(parts.unexplained),
  };
}

export const addShares = (shares: readonly Share[]): Share =>
  shares.reduce(
    (sum, s) => ({
      wantedMs: sum.wantedMs + s.wantedMs,
      keptMs: sum.keptMs + s.keptMs,
      deletedMs: sum.deletedMs + s.deletedMs,
      gapMs: sum.gapMs + s.gapMs,
      unexplainedMs: sum.unexplainedMs + s.unexplainedMs,
    }),
    { wantedMs: 0, keptMs: 0, deletedMs: 0, gapMs: 0, unexplainedMs: 0 },
  );

/** Everything that is missing, each with its cause, in order. A moment with several causes is told with the one that began last. */
export function missingOf(parts: Parts, nowMs: number): Missing[] {
  const out: Missing[] = parts.unexplained.map(([fromMs, toMs]) => ({
    fromMs,
    toMs,
    cause: 'unexplained' as const,
    open: false,
  }));
  let left: Run[] = [...parts.gap];
  for (const gap of parts.causes.toSorted((a, b) => b.fromMs - a.fromMs)) {
    const run: Run[] = [[gap.fromMs, gap.toMs ?? nowMs]];
    for (const [fromMs, toMs] of common(left, run))
      out.push({ fromMs, toMs, cause: gap.cause, open: gap.toMs === null && toMs >= nowMs });
    left = without(left, run);
  }
  const sorted = out.sort((a, b) => a.fromMs - b.fromMs);
  // What follows without a break for the same cause is one span to a person.
  return sorted.reduce<Missing[]>((merged, next) => {
    const last = merged.at(-1);
    if (last?.cause === next.cause && last.toMs === next.fromMs)
      merged[merged.length - 1] = { ...last, toMs: next.toMs, open: next.open };
    else merged.push(next);
    return merged;
  }, []);
}
