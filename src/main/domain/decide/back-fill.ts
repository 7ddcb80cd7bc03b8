/**
 * What of a stream's holes is to be fetched from the camera's own card, and when. What is left to do follows from the gaps
 * themselves: who starts anew goes on where the last one stopped. Pure; spans in station time, UTC ms, [fromMs, toMs).
 */
import type { GapCause } from '../gap.ts';

export type Span = { fromMs: number; toMs: number };

/** Time passed that the camera may have recorded by itself. Not `clock-jump`: there was none. */
const fillable: ReadonlySet<GapCause> = new Set<GapCause>([
  'camera-lost',
  'no-data',
  'credentials',
  'station-off',
  'disk-full',
  'disk-error',
  'disk-slow',
  'reconfigured',
  'worker-crash',
]);

/** Less is the rest before the first key picture of a replay, not worth asking for again. */
export const leastHoleMs = 1_500;
/** One replay asks for so much at most, so that an interruption costs little and others have their turn. */
export const mostJobMs = 300_000;

/** What of `span` lies in none of `others` (in any order, may overlap). */
export function without(span: Span, others: readonly Span[]): Span[] {
  const out: Span[] = [];
  let at = span.fromMs;
  for (const { fromMs, toMs } of others.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (toMs <= at) continue;
    if (fromMs >= span.toMs) break;
    if (fromMs > at) out.push({ fromMs: at, toMs: fromMs });
    at = toMs;
  }
  if (at < span.toMs) out.push({ fromMs: at, toMs: span.toMs });
  return out;
}

/** What of `span` lies in one of `others`, ascending and without overlap. */
export function within(span: Span, others: readonly Span[]): Span[] {
  const outside = without(span, others);
  return without(span, outside);
}

/**
 * The holes worth asking for: ended gaps of fillable causes, without what is recorded, or was asked for in vain since the camera
 * came back.
 */
export function holesOf(
  gaps: readonly (Span & { cause: GapCause })[],
  recorded: readonly Span[],
  asked: readonly Span[],
): Span[] {
  const taken = [...recorded, ...asked];
  return gaps
    .filter((gap) => fillable.has(gap.cause))
    .flatMap((gap) => without(gap, taken))
    .filter(isWorth);
}
const isWorth = (span: Span): boolean => span.toMs - span.fromMs >= leastHoleMs;

/** Which part of the holes the card has is fetched next: the oldest first, because a full card forgets that first. */
export function nextJob(holes: readonly Span[], card: readonly Span[]): Span | null {
  const parts = holes
    .flatMap((hole) => within(hole, card))
    .filter(isWorth)
    .sort((a, b) => a.fromMs - b.fromMs);
  const first = parts[0];
  if (first === undefined) return null;
  // No splinter is left for a job of its own.
  const whole = first.toMs - first.fromMs <= mostJobMs + leastHoleMs;
  return whole ? first : { fromMs: first.fromMs, toMs: first.fromMs + mostJobMs };
}

/** The camera must have been live for so long: one that comes and goes is left in peace. */
export const settleMs = 5_000;
const firstBackoffMs = 30_000;
const mostBackoffMs = 1_800_000;
/** After so many refusals in a row it is given up until the camera comes back the next time. */
const mostRefusals = 6;

/**
 * away: not live · waiting: asked at `nextMs` · working · over: nothing is left, or given up for the reason `why`.
 * Times are monotonic.
 */
export type FillState =
  | { is: 'away' }
  | { is: 'waiting'; nextMs: number; refusals: number }
  | { is: 'working'; refusals: number }
  | { is: 'over'; why: string | null };

export type FillInput =
  /** Whether the stream is live and recorded; told again and again. */
  | { is: 'seen'; live: boolean; nowMs: number }
  | { is: 'begin' }
  /** `done`: nothing is left that could be fetched · `none`: this camera has nothing to fetch from, for the reason `why`. */
  | { is: 'done' | 'none'; why: string | null }
  | { is: 'refused'; why: string; nowMs: number };

export function fillStep(state: FillState, input: FillInput): FillState {
  switch (input.is) {
    case 'seen':
      if (!input.live) return state.is === 'working' || state.is === 'away' ? state : { is: 'away' };
      return state.is === 'away' ? { is: 'waiting', nextMs: input.nowMs + settleMs, refusals: 0 } : state;
    case 'begin':
      return { is: 'working', refusals: state.is === 'waiting' ? state.refusals : 0 };
    case 'done':
    case 'none':
      return { is: 'over', why: input.why };
    case 'refused': {
      const refusals = (state.is === 'working' ? state.refusals : 0) + 1;
      if (refusals >= mostRefusals) return { is: 'over', why: input.why };
      const waitMs = Math.min(mostBackoffMs, firstBackoffMs * 2 ** (refusals - 1));
      return { is: 'waiting', nextMs: input.nowMs + waitMs, refusals };
    }
  }
}

/**
 * Camera clock minus station clock in ms, and how far off that may be. The sender reports of the live stream tell it to some
 * milliseconds, but not every camera takes them from the clock by which it records; its SOAP time comes from that, in whole
 * seconds (Core Specification §8.3.6): `soapMs` is right by half a second. So the reports count where both agree. null: neither
 * tells.
 */
export function cameraOffset(
  soapMs: number | null,
  reportsMs: number | null,
): { offsetMs: number; offMs: number } | null {
  if (soapMs === null) return reportsMs === null ? null : { offsetMs: reportsMs, offMs: 1_000 };
  const agree = reportsMs !== null && Math.abs(reportsMs - soapMs) <= 1_000;
  return agree ? { offsetMs: reportsMs, offMs: 200 } : { offsetMs: soapMs, offMs: 700 };
}
