/**
 * What was asked for while a station was off, and what of the time since the last picture was not. Pure; times are UTC ms.
 */
type Span = { fromMs: number; toMs: number };

/** Spans in order, those that touch joined. */
function joined(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const s of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    if (s.toMs <= s.fromMs) continue;
    const last = out.at(-1);
    if (last !== undefined && s.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, s.toMs);
    else out.push({ ...s });
  }
  return out;
}

/**
 * `runs`: as the index has them (`toMs` null: open when the station ended); `endedMs`: when it was last known to be alive;
 * `meanwhile`: what the plan asked for from then on. What a trigger had begun ends with the station, for nobody knows how it
 * went on; continuous recording was wanted all the same. `wanted`: runs within [sinceMs, nowMs); `unwanted`: the rest.
 */
export function wantedAfter(input: {
  runs: readonly { fromMs: number; toMs: number | null }[];
  meanwhile: readonly Span[];
  sinceMs: number;
  endedMs: number;
  nowMs: number;
}): { wanted: Span[]; unwanted: Span[] } {
  const { sinceMs, endedMs, nowMs } = input;
  const known = input.runs.map((r) => ({ fromMs: r.fromMs, toMs: r.toMs ?? endedMs }));
  const within = [...known, ...input.meanwhile].map((s) => ({
    fromMs: Math.max(s.fromMs, sinceMs),
    toMs: Math.min(s.toMs, nowMs),
  }));
  const wanted = joined(within);
  const unwanted: Span[] = [];
  let at = sinceMs;
  for (const s of wanted) {
    if (s.fromMs > at) unwanted.push({ fromMs: at, toMs: s.fromMs });
    at = s.toMs;
  }
  if (nowMs > at) unwanted.push({ fromMs: at, toMs: nowMs });
  return { wanted, unwanted };
}
