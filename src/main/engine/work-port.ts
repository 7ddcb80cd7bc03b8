/** Work that waits: what the index keeps of it, and what is told of it. Types only. */
import type { EventId } from '#domain/id.ts';
import type { WorkItem, WorkKind, WorkQueueNow } from '#domain/work.ts';

/** What the engine offers of it. */
export type Work = { queues(): WorkQueueNow[] };

export type WorkStore = {
  /** Takes the place of what is there of its kind for the event. One whose event is gone is left out. */
  add(item: WorkItem): void;
  /** The one that was due first of those that are due; null: none is. */
  next(kind: WorkKind, atMs: number): WorkItem | null;
  later(kind: WorkKind, id: EventId, dueMs: number, tries: number): void;
  remove(kind: WorkKind, id: EventId): void;
  waiting(kind: WorkKind): { count: number; oldestMs: number | null };
  /** Removes the oldest until so many are left; answers how many went. */
  keep(kind: WorkKind, most: number): number;
};
