/** Recordings that their disk refused to delete while it deleted others: they are left alone for a while, and told of. */
import type { StreamId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Refused } from './deleting.ts';

const againAfterMs = 15 * 60_000;
/** One that was not refused again for so long is gone, held, or deleted by others. */
const forgottenAfterMs = 4 * againAfterMs;
/** More are not told apart. */
const mostKept = 50_000;

export type Refusals = {
  note(refused: readonly Refused[]): void;
  /** It is not to be tried now. */
  has(streamId: StreamId, startMs: number): boolean;
  gone(streamId: StreamId, startsMs: Iterable<number>): void;
  /** How many there are, and what the system said of the last; null: none. */
  state(): { count: number; why: string } | null;
};

export function createRefusals(clock: Pick<Clock, 'monoMs'>): Refusals {
  const known = new Map<string, { why: string; sinceMs: number }>();
  const key = (streamId: StreamId, startMs: number): string => `${streamId} ${startMs}`;
  return {
    note(refused) {
      const sinceMs = clock.monoMs();
      for (const { streamId, startMs, why } of refused) {
        const name = key(streamId, startMs);
        known.delete(name); // the last one that was refused is the last of the map
        if (known.size < mostKept) known.set(name, { why, sinceMs });
      }
    },
    has(streamId, startMs) {
      const one = known.get(key(streamId, startMs));
      return one !== undefined && clock.monoMs() - one.sinceMs < againAfterMs;
    },
    gone(streamId, startsMs) {
      for (const startMs of startsMs) known.delete(key(streamId, startMs));
    },
    state() {
      const oldMs = clock.monoMs() - forgottenAfterMs;
      for (const [name, { sinceMs }] of known) {
        if (sinceMs > oldMs) break;
        known.delete(name);
      }
      const last = [...known.values()].at(-1);
      return last === undefined ? null : { count: known.size, why: last.why };
    },
  };
}
