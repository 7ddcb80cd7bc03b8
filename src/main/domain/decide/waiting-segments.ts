/** Segments that a look passed over because their volume was away or silent, as spans: a list that stays short however many they are. */
import { z } from 'zod';
import { StreamId } from '../id.ts';

/** Segments of a stream on one volume that start in [fromMs, toMs]; some between may have been looked at already. */
export const WaitingSpan = z.object({
  streamId: StreamId,
  volume: z.number().int().min(1),
  fromMs: z.number().int(),
  toMs: z.number().int(),
  /** How many of them wait. */
  segments: z.number().int().min(0),
});
export type WaitingSpan = z.infer<typeof WaitingSpan>;

export type WaitingSegment = { streamId: StreamId; volume: number; startMs: number };

const isOf = (span: WaitingSpan, s: WaitingSegment): boolean =>
  span.streamId === s.streamId && span.volume === s.volume;

/**
 * Adds one, to the last span where `joins` says that nothing was looked at since. Beyond `most` spans each stream has one for each
 * volume: more is looked at again then, and nothing is forgotten. Answers the spans; the last one may be changed in place.
 */
export function addWaiting(spans: WaitingSpan[], one: WaitingSegment, joins: boolean, most: number): WaitingSpan[] {
  const last = spans.at(-1);
  if (joins && last !== undefined && isOf(last, one)) {
    last.fromMs = Math.min(last.fromMs, one.startMs);
    last.toMs = Math.max(last.toMs, one.startMs);
    last.segments += 1;
    return spans;
  }
  const { startMs, ...of } = one;
  spans.push({ ...of, fromMs: startMs, toMs: startMs, segments: 1 });
  return spans.length <= most ? spans : joined(spans);
}

/** One span for each stream and volume. */
function joined(spans: readonly WaitingSpan[]): WaitingSpan[] {
  const out = new Map<string, WaitingSpan>();
  for (const span of spans) {
    const key = `${span.streamId} ${span.volume}`;
    const had = out.get(key);
    out.set(key, {
      ...span,
      fromMs: Math.min(span.fromMs, had?.fromMs ?? span.fromMs),
      toMs: Math.max(span.toMs, had?.toMs ?? span.toMs),
      segments: span.segments + (had?.segments ?? 0),
    });
  }
  return [...out.values()];
}
