/**
 * Finds the stream that keeps crashing its worker, from nothing but which streams had just been started when it did. After
 * three such crashes half of the suspects wait while the others go on; who crashed the worker again, or did not, halves them
 * further. The one that is left waits for minutes, so that it no longer takes the others with it. (Where two crash the same worker an
 * innocent one may wait a minute too; both are found.)
 */
import type { StreamId } from '#domain/id.ts';

/** A crash is laid to streams that were started no longer than this before; so long is a half tried. */
export const trialMs = 15_000;
const windowMs = 60_000;
const enough = 3;
const firstHoldMs = 60_000;
const longestHoldMs = 600_000;

/** `left`: who had just been started before every one of its crashes. */
type Case = { streams: ReadonlySet<StreamId>; crashesMs: number[]; left: StreamId[]; often: boolean };

export type CrashSuspects = {
  /** A worker with these streams ended. Answers how long (ms) streams wait before they start again; others start at once. */
  crashed(streams: readonly StreamId[], nowMs: number): Map<StreamId, { holdMs: number; culprit: boolean }>;
  forget(stream: StreamId): void;
};

export function createCrashSuspects(): CrashSuspects {
  let cases: Case[] = [];
  /** When each stream was last let go. */
  const started = new Map<StreamId, number>();
  /** Streams that were found out, and how long they waited last. */
  const culprits = new Map<StreamId, number>();

  return {
    crashed(streams, nowMs) {
      const fresh = (id: StreamId): boolean => {
        const atMs = started.get(id);
        // One that still waits was not running; one that nothing is known of was started by the station itself.
        return atMs === undefined || (atMs <= nowMs && nowMs - atMs < trialMs);
      };
      const holds = new Map<StreamId, { holdMs: number; culprit: boolean }>();
      const condemn = (id: StreamId): void => {
        const holdMs = Math.min(longestHoldMs, (culprits.get(id) ?? firstHoldMs / 2) * 2);
        culprits.set(id, holdMs);
        holds.set(id, { holdMs, culprit: true });
      };
      const waits = streams.filter((id) => culprits.has(id) && (started.get(id) ?? 0) > nowMs);
      const again = streams.filter((id) => culprits.has(id) && fresh(id));
      const old = cases.find((c) => streams.some((id) => c.streams.has(id)));
      cases = cases.filter((c) => c !== old);
      if (again.length > 0) again.forEach(condemn);
      else {
        const going = old !== undefined && nowMs - (old.crashesMs.at(-1) ?? 0) < windowMs ? old : null;
        const suspects = streams.filter(fresh);
        const both = going === null ? suspects : suspects.filter((id) => going.left.includes(id));
        // Two that crash in turn leave nobody in common: the newest crash speaks for itself.
        const left = both.length > 0 ? both : suspects;
        const crashesMs = [...(going?.crashesMs ?? []), nowMs].slice(-enough);
        const often = crashesMs.length === enough && (going?.often === true || nowMs - (crashesMs[0] ?? 0) < windowMs);
        const [only] = left;
        if (often && only !== undefined && left.length === 1) condemn(only);
        else {
          cases.push({ streams: new Set(streams), crashesMs, left, often });
          if (often) for (const id of left.slice(left.length >> 1)) holds.set(id, { holdMs: trialMs, culprit: false });
        }
      }
      // Who waits for having been found out goes on waiting whatever others do.
      for (const id of waits) holds.set(id, { holdMs: (started.get(id) ?? nowMs) - nowMs, culprit: true });
      for (const id of streams) {
        started.set(id, nowMs + (holds.get(id)?.holdMs ?? 0));
        if (culprits.has(id) && !holds.has(id)) culprits.delete(id);
      }
      return holds;
    },
    forget(stream) {
      started.delete(stream);
      culprits.delete(stream);
    },
  };
}
