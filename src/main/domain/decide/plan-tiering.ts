/**
 * What is sent to one archive next, and what may leave the disk because it is there. Knows of each stream only the oldest that
 * waits. What the archive would delete at once for its age is not sent. Pure. Each archive is planned by itself, so that none is held back by another.
 */
import { tierAfterMs, type TierRule } from '../archive.ts';
import type { StreamId } from '../id.ts';
import { dayMs } from '../time.ts';

/** A finished recording on a volume of the station. */
export type Waiting = {
  startMs: number;
  endMs: number;
  bytes: number;
  /** It may be sent: it has a hash to be verified by, and the clock that dated it was right. */
  hashed: boolean;
  /** A copy lies at the archive, and was verified there. */
  archived: boolean;
};

export type TierLane = {
  streamId: StreamId;
  rule: TierRule;
  /** Oldest first. */
  next: readonly Waiting[];
  /** Starts of those that failed for a reason of their own and are not tried now. */
  resting: ReadonlySet<number>;
};

export type TierStep = { streamId: StreamId; waiting: Waiting; do: 'send' | 'release' };

/**
 * Up to `limit` steps, the oldest footage of all streams first. `maySend` false: the archive is away or its hours say no; what lies
 * there already still leaves the disk.
 */
export function planTiering(input: {
  nowMs: number;
  archive: number;
  lanes: readonly TierLane[];
  maySend: boolean;
  limit: number;
}): TierStep[] {
  const steps: TierStep[] = [];
  for (const { streamId, rule, next, resting } of input.lanes) {
    if (rule.archive !== input.archive) continue;
    const untilMs = input.nowMs - tierAfterMs(rule);
    let mine = 0;
    for (const waiting of next) {
      if (waiting.endMs > untilMs || mine >= input.limit) break;
      if (resting.has(waiting.startMs)) continue;
      const step = stepFor(rule, waiting, input.maySend && !isOver(rule, waiting, input.nowMs));
      if (step === null) continue;
      steps.push({ streamId, waiting, do: step });
      mine += 1;
    }
  }
  return steps.sort((a, b) => a.waiting.startMs - b.waiting.startMs || a.streamId - b.streamId).slice(0, input.limit);
}

/** The archive would not keep it any more. */
const isOver = (rule: TierRule, { endMs }: Waiting, nowMs: number): boolean =>
  rule.keepDays !== null && endMs <= nowMs - Math.round(rule.keepDays * dayMs);

function stepFor(rule: TierRule, { archived, hashed }: Waiting, maySend: boolean): TierStep['do'] | null {
  if (archived) return rule.mode === 'move' ? 'release' : null;
  return hashed && maySend ? 'send' : null;
}
