/**
 * What a station's clock seams say of its footage. A run is what was recorded between two seams, by one clock; it has the number
 * of the seam before it. Pure; times are UTC ms.
 */
import { clockStepMs, type ClockSeam } from '../clock-seam.ts';

/** What was recorded, and after which of the station's seams; absent: before any. */
export type Recorded = { startMs: number; seam?: number | undefined };

const runOf = ({ seam }: Recorded): number => seam ?? 0;

/** `ms`: so much the footage's times are ahead of the newest clock that can be compared (below 0: behind). `exact` false: at least. */
export type ClockError = { ms: number; exact: boolean };

/** Set forward by so much; a machine that slept has its clock right. */
const setBy = (seam: ClockSeam): number => (seam.kind === 'sleep' ? 0 : seam.atMs - seam.beforeMs);

/**
 * By how much the clock was wrong when this was recorded, as far as later clocks tell; null: nothing says that it was. Seams are
 * followed as long as one run of the station saw both: a clock that was set back and forward again was right before and after.
 */
export function clockError(seams: readonly ClockSeam[], recorded: Recorded): ClockError | null {
  const { startMs } = recorded;
  const at = seams.findIndex((s) => s.id > runOf(recorded));
  const first = seams[at];
  if (first === undefined) return null;
  // A clock found set back says only of what is dated later than itself that it cannot be so.
  if (first.kind === 'off' ? startMs < first.atMs : startMs < first.fromMs - clockStepMs) return null;
  let exact = true;
  let ahead = 0;
  for (let i = at, before: ClockSeam | null = null; ; i += 1) {
    const next = seams[i];
    if (next === undefined || (before !== null && next.fromMs !== before.atMs)) break;
    ahead -= setBy(next);
    if (next.kind === 'off') exact = false;
    before = next;
  }
  if (exact ? Math.abs(ahead) <= clockStepMs : ahead <= clockStepMs) return null;
  return { ms: ahead, exact };
}

/** A span on the timeline whose times are known to be wrong, by the run that recorded it. */
export type DoubtedSpan = { seam: number; fromMs: number; toMs: number; error: ClockError };

/** Spans of the timeline in which footage with wrong times lies, oldest run first. */
export function doubtedSpans(seams: readonly ClockSeam[]): DoubtedSpan[] {
  return seams.flatMap((next, i) => {
    const seam = seams[i - 1]?.id ?? 0;
    const fromMs = next.kind === 'off' ? next.atMs : next.fromMs;
    if (next.beforeMs <= fromMs) return [];
    const error = clockError(seams, { startMs: fromMs, seam });
    return error === null ? [] : [{ seam, fromMs, toMs: next.beforeMs, error }];
  });
}

/** Spans of the timeline that more than one clock recorded, ascending, with the runs that did, best first. */
export function twiceRecorded(
  seams: readonly ClockSeam[],
  untilMs: number,
): { fromMs: number; toMs: number; runs: number[] }[] {
  const spans = runSpans(seams, untilMs);
  const edges = [...new Set(spans.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))].sort((a, b) => a - b);
  const out: { fromMs: number; toMs: number; runs: number[] }[] = [];
  for (const [i, fromMs] of edges.entries()) {
    const toMs = edges[i + 1];
    if (toMs === undefined) break;
    const runs = spans.filter((s) => s.fromMs <= fromMs && s.toMs >= toMs).map((s) => s.seam);
    if (runs.length < 2) continue;
    const best = runs.sort((a, b) =>
      compareRuns(seams, null)({ startMs: fromMs, seam: a }, { startMs: fromMs, seam: b }),
    );
    const last = out.at(-1);
    if (last?.toMs === fromMs && last.runs.join() === best.join()) last.toMs = toMs;
    else out.push({ fromMs, toMs, runs: best });
  }
  return out;
}

/** What each run's own clock went through. Before the first seam of all: since ever, of which the known part counts. */
function runSpans(seams: readonly ClockSeam[], untilMs: number): { seam: number; fromMs: number; toMs: number }[] {
  const spans = seams.map((next, i) => {
    const before = seams[i - 1];
    return { seam: before?.id ?? 0, fromMs: before?.atMs ?? Number.MIN_SAFE_INTEGER, toMs: next.beforeMs };
  });
  const last = seams.at(-1);
  if (last !== undefined) spans.push({ seam: last.id, fromMs: last.atMs, toMs: untilMs });
  return spans.filter((s) => s.toMs > s.fromMs);
}

/**
 * Which of two recordings of one moment is shown: what was asked for (`prefer`, a run), else the one whose clock was least wrong,
 * else the newer.
 */
export function compareRuns(seams: readonly ClockSeam[], prefer: number | null): (a: Recorded, b: Recorded) => number {
  const wrong = (r: Recorded): number => Math.abs(clockError(seams, r)?.ms ?? 0);
  return (a, b) => {
    if (runOf(a) === runOf(b)) return b.startMs - a.startMs;
    if (runOf(a) === prefer) return -1;
    if (runOf(b) === prefer) return 1;
    return wrong(a) - wrong(b) || runOf(b) - runOf(a);
  };
}

/**
 * Of segments of one stream, by start, those that are shown: none that begins where a better one (`compareRuns`) already is. What
 * is left out can be asked for by its run.
 */
export function shown<S extends Recorded & { endMs: number }>(
  segments: readonly S[],
  seams: readonly ClockSeam[],
  prefer: number | null,
): S[] {
  if (seams.length === 0 || segments.every((s) => runOf(s) === runOf(segments[0] ?? s))) return [...segments];
  const best = segments.toSorted(compareRuns(seams, prefer));
  const out = new Set<S>();
  for (const s of best) {
    let covered = false;
    for (const other of out) {
      covered = runOf(other) !== runOf(s) && other.startMs <= s.startMs && s.startMs < other.endMs;
      if (covered) break;
    }
    if (!covered) out.add(s);
  }
  return segments.filter((s) => out.has(s));
}

/** A lane may keep the time before a step until its next key frame. */
const lateMs = 60_000;

/**
 * The seam after which a segment was recorded, by both clocks as they were when it began. `steadyMs` null: not known (footage of
 * before there were seams, or fetched from a camera's card).
 */
export function seamOf(
  seams: readonly ClockSeam[],
  segment: { startMs: number; steadyMs: number | null; boot: string | null },
): number {
  const { startMs, steadyMs } = segment;
  const ofBoot = steadyMs === null ? [] : seams.filter((s) => s.boot === segment.boot);
  const first = ofBoot[0];
  if (steadyMs === null || first === undefined) return seamByTime(seams, startMs);
  const clocks = [
    { id: seams[seams.indexOf(first) - 1]?.id ?? 0, fromMs: -Infinity, offsetMs: first.beforeMs - first.steadyMs },
  ];
  for (const s of ofBoot) clocks.push({ id: s.id, fromMs: s.steadyMs, offsetMs: s.atMs - s.steadyMs });
  const now = clocks.findLastIndex((c) => c.fromMs <= steadyMs + clockStepMs);
  let best = clocks[now];
  const far = (c: { offsetMs: number }): number => Math.abs(startMs - steadyMs - c.offsetMs);
  for (let i = now; i > 0 && steadyMs - (clocks[i]?.fromMs ?? 0) < lateMs; i -= 1) {
    const before = clocks[i - 1];
    if (before !== undefined && best !== undefined && far(before) + clockStepMs / 2 < far(best)) best = before;
  }
  return best?.id ?? 0;
}

/** The newest run whose clock went through a moment; where none did (the station was off), the newest. */
function seamByTime(seams: readonly ClockSeam[], startMs: number): number {
  const spans = runSpans(seams, Number.MAX_SAFE_INTEGER);
  return spans.findLast((s) => s.fromMs - clockStepMs <= startMs && startMs <= s.toMs)?.seam ?? seams.at(-1)?.id ?? 0;
}
