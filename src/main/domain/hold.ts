import { z } from 'zod';
import { CameraId, HoldId } from './id.ts';
import { TimeMs } from './time.ts';

/** Footage of some cameras and one span that nothing deletes: no rule, no lack of space, no law, no person. */
export const Hold = z.object({
  id: HoldId,
  cameraIds: z.array(CameraId).min(1).max(256),
  fromMs: TimeMs,
  toMs: TimeMs,
  reason: z.string().trim().min(1).max(500),
  /** Who answers for it. */
  owner: z.string().trim().min(1).max(80),
  /** It ends by itself then; null: when somebody lifts it. */
  untilMs: TimeMs.nullable(),
  createdMs: TimeMs,
  /** Name of the user who placed it. */
  createdBy: z.string().max(64),
  lifted: z.object({ atMs: TimeMs, by: z.string().max(64), reason: z.string().max(500) }).nullable(),
});
export type Hold = z.infer<typeof Hold>;

export const HoldDraft = z
  .object({
    cameraIds: Hold.shape.cameraIds,
    fromMs: TimeMs,
    toMs: TimeMs,
    reason: Hold.shape.reason,
    owner: Hold.shape.owner,
    untilMs: TimeMs.nullable().default(null),
  })
  .refine((h) => h.toMs > h.fromMs, {
    message: 'a span must end after it starts',
    path: ['toMs'],
    params: { why: 'order' },
  });
export type HoldDraft = z.infer<typeof HoldDraft>;

export type HoldState = 'holding' | 'ended' | 'lifted';
export const holdState = (hold: Pick<Hold, 'lifted' | 'untilMs'>, nowMs: number): HoldState =>
  hold.lifted !== null ? 'lifted' : hold.untilMs !== null && hold.untilMs <= nowMs ? 'ended' : 'holding';

/** Spans of one camera that are held now, ascending, merged. */
export function heldSpans(holds: Iterable<Hold>, cameraId: CameraId, nowMs: number): [fromMs: number, toMs: number][] {
  const spans: [number, number][] = [];
  for (const hold of holds)
    if (holdState(hold, nowMs) === 'holding' && hold.cameraIds.includes(cameraId)) spans.push([hold.fromMs, hold.toMs]);
  return merged(spans);
}

/** Spans in order, those that touch made one. */
export function merged(spans: [number, number][]): [number, number][] {
  const out: [number, number][] = [];
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

/** The first of ordered, separate spans that [fromMs, toMs) touches; null: none. */
export function touched(
  spans: readonly (readonly [number, number])[],
  fromMs: number,
  toMs: number,
): readonly [number, number] | null {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.[1] ?? 0) > fromMs) high = middle;
    else low = middle + 1;
  }
  const span = spans[low];
  return span !== undefined && span[0] < toMs ? span : null;
}
