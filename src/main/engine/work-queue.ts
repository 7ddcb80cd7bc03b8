/**
 * A queue of work that nobody waits for: kept in the index, so that a restart loses nothing, bounded, one piece at a time, tried again
 * later where it fails. Each kind of work has its own, so that one never holds up another.
 */
import { retryAt } from '#domain/decide/work-retry.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import type { WorkHold, WorkItem, WorkKind, WorkQueueNow } from '#domain/work.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { WorkStore } from './work-port.ts';

const tickMs = 2_000;

/**
 * done · never: there is nothing to do it on any more · failed: to be tried again · yet: too early, which counts for nothing · stopped.
 */
export type WorkOutcome =
  | { is: 'done' | 'stopped' }
  | { is: 'never' | 'failed'; why: string }
  | { is: 'yet'; againMs: number };

export type WorkQueue = {
  add(eventId: EventId, cameraId: CameraId, dueMs: number): void;
  now(): WorkQueueNow;
  start(): void;
  /** Waits for the piece that is being done. */
  stop(): Promise<void>;
};

export function createWorkQueue(deps: {
  kind: WorkKind;
  clock: Clock;
  log: Log;
  store: WorkStore;
  /** More never wait: the oldest go. */
  bound: number;
  /** Why nothing is done now; null: it is. */
  hold: () => WorkHold | null;
  /** Never rejects but for what nobody foresaw. */
  run: (item: WorkItem) => Promise<WorkOutcome>;
}): WorkQueue {
  const { kind, clock, log, store, bound } = deps;
  const counts = { done: 0, retried: 0, failed: 0, dropped: 0 };
  let fault: string | null = null;
  let timer: ReturnType<typeof setInterval> | null = null;
  let running: Promise<void> | null = null;

  const settle = (item: WorkItem, outcome: WorkOutcome): void => {
    const { eventId } = item;
    switch (outcome.is) {
      case 'stopped':
        return;
      case 'done':
        counts.done += 1;
        store.remove(kind, eventId);
        return;
      case 'yet':
        store.later(kind, eventId, clock.nowMs() + outcome.againMs, item.tries);
        return;
      case 'never':
        counts.failed += 1;
        store.remove(kind, eventId);
        return;
      case 'failed': {
        const tries = item.tries + 1;
        const againMs = retryAt(tries, clock.nowMs());
        fault = outcome.why.slice(0, 600);
        if (againMs === null) {
          counts.failed += 1;
          store.remove(kind, eventId);
          log.warn('work was given up after several tries', { kind, event: eventId, error: outcome.why });
        } else {
          counts.retried += 1;
          store.later(kind, eventId, againMs, tries);
        }
      }
    }
  };
  const stopped = (): boolean => timer === null;
  const work = async (): Promise<void> => {
    for (;;) {
      if (stopped() || deps.hold() !== null) return;
      const item = store.next(kind, clock.nowMs());
      if (item === null) return;
      let outcome: WorkOutcome;
      try {
        outcome = await deps.run(item);
      } catch (error) {
        outcome = { is: 'failed', why: error instanceof Error ? error.message : String(error) };
      }
      // What ends because the station stops is done after the next start.
      if (stopped() && outcome.is !== 'done') return;
      settle(item, outcome);
      if (outcome.is === 'stopped') return;
    }
  };
  const wake = (): void => {
    if (stopped() || running !== null) return;
    running = work()
      .catch((error: unknown) => {
        // The index cannot be read or written now: what was to be done is still there.
        log.warn('work waits because the index does not answer', { kind, error: String(error) });
      })
      .finally(() => {
        running = null;
      });
  };

  return {
    add(eventId, cameraId, dueMs) {
      try {
        store.add({ kind, eventId, cameraId, madeMs: clock.nowMs(), dueMs: Math.round(dueMs), tries: 0 });
        counts.dropped += store.keep(kind, bound);
      } catch (error) {
        counts.dropped += 1;
        log.warn('work could not be put into its queue', { kind, error: String(error) });
      }
    },
    now() {
      const { count, oldestMs } = store.waiting(kind);
      return { kind, waiting: count, bound, running: running !== null, oldestMs, hold: deps.hold(), ...counts, fault };
    },
    start() {
      timer = setInterval(wake, tickMs);
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      await running;
    },
  };
}
