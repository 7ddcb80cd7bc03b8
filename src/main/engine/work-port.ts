/** What the index keeps of work that waits, in the engine's words. Types only. */
import type { EventId } from '#domain/id.ts';
import type { WorkItem, WorkKind } from '#domain/work.ts';

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
