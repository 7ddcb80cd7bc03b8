/** Work that waits, in memory: one item for an event. */
import type { EventId } from '#domain/id.ts';
import type { WorkItem } from '#domain/work.ts';
import type { WorkStore } from '../../src/main/engine/work-port.ts';

export function waitingWork(): WorkStore & { items: ReadonlyMap<EventId, WorkItem> } {
  const items = new Map<EventId, WorkItem>();
  return {
    items,
    add: (item) => void items.set(item.eventId, item),
    next: (_, atMs) => [...items.values()].find((item) => item.dueMs <= atMs) ?? null,
    later(_, id, dueMs, tries) {
      const item = items.get(id);
      if (item !== undefined) items.set(id, { ...item, dueMs, tries });
    },
    remove: (_, id) => void items.delete(id),
    waiting: () => ({ count: items.size, oldestMs: null }),
    keep: () => 0,
  };
}
