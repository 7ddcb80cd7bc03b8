/**
 * What is deleted next, of all that is on the disks. Knows of each stream only the oldest of what may go, so that it costs the
 * same for a thousand recordings and for millions: whoever carries it out deletes what it names, fills up the queues, and
 * asks again. Pure. In this order:
 *
 * 1. legal: older than the legal maximum, whatever else is said.
 * 2. age: older than the stream's rule; what bears an event only when it is older than that too.
 * 3. size: of a stream that has more bytes than allowed the oldest, but nothing of its minimum; what bears an event last.
 * 4. space: of a volume that needs room the oldest of all streams beyond their minima; what bears an event last.
 * 5. emergency: when nothing beyond a minimum is left, and the volume is about to be full, the oldest of all.
 *
 * What is held is in no queue.
 */
import type { StreamId } from '../id.ts';
import type { DeletionReason, Rule } from '../retention.ts';

/** A finished recording that nothing holds. Those of one shelf do not overlap. */
export type Stored = {
  startMs: number;
  endMs: number;
  bytes: number;
  /** It bears an event. */
  favoured: boolean;
  /** So much its times are ahead of the true ones (below 0: behind), as far as is known. Ages go by the true ones. */
  aheadMs: number;
};
const startOf = (s: Stored): number => s.startMs - s.aheadMs;
const endOf = (s: Stored): number => s.endMs - s.aheadMs;
/** The oldest of them, oldest first; `more`: there are more behind the last. */
export type Queue = { next: readonly Stored[]; more: boolean };

/** What one stream has on one volume, recorded by a clock that was right; or by one that was wrong by the same all the time. */
export type Shelf = {
  streamId: StreamId;
  volume: number;
  /** After which of the station's clock seams it was recorded, wrong; null: all whose times are not doubted. */
  run: number | null;
  rule: Rule;
  /** Of the stream, on all volumes. */
  streamBytes: number;
  /** All, and those that bear no event. */
  any: Queue;
  ordinary: Queue;
};

/** What a volume lacks: of its target, and of what keeps it from being full. */
export type Need = { volume: number; bytes: number; emergencyBytes: number };

export type Doomed = { shelf: Shelf; stored: Stored; reason: Exclude<DeletionReason, 'by-hand'> };

export type RetentionPlan = {
  doomed: Doomed[];
  /** Whose queues must be filled up before more can be said; `of` what. */
  short: { shelf: Shelf; of: 'any' | 'ordinary' }[];
  /** Volumes that need more than can be given, and how much. */
  lacking: { volume: number; bytes: number }[];
  /** Streams that have more bytes than allowed because their minimum needs them. */
  oversize: StreamId[];
};

/** `limit`: as many are named at most. */
export function planRetention(input: {
  nowMs: number;
  shelves: readonly Shelf[];
  needs: readonly Need[];
  limit: number;
}): RetentionPlan {
  const { nowMs, limit } = input;
  const plan: RetentionPlan = { doomed: [], short: [], lacking: [], oversize: [] };
  const views = input.shelves.map((shelf) => createView(shelf, nowMs));
  const full = (): boolean => plan.doomed.length >= limit;
  const freed = new Map<number, number>();
  const cut = new Map<StreamId, number>();
  const doom = (view: View, stored: Stored, reason: Doomed['reason']): void => {
    view.take(stored);
    const { volume, streamId } = view.shelf;
    freed.set(volume, (freed.get(volume) ?? 0) + stored.bytes);
    cut.set(streamId, (cut.get(streamId) ?? 0) + stored.bytes);
    plan.doomed.push({ shelf: view.shelf, stored, reason });
  };

  for (const view of views) {
    const { legalMs, maxMs } = view.shelf.rule;
    for (
      let head = view.any();
      head !== null && legalMs !== null && startOf(head) <= nowMs - legalMs;
      head = view.any()
    ) {
      if (full()) return plan;
      doom(view, head, 'legal');
    }
    if (legalMs !== null && view.lacks('any')) plan.short.push({ shelf: view.shelf, of: 'any' });
    for (
      let head = view.plain();
      head !== null && maxMs !== null && endOf(head) <= nowMs - maxMs;
      head = view.plain()
    ) {
      if (full()) return plan;
      doom(view, head, 'age');
    }
    if (maxMs !== null && view.lacks('plain')) plan.short.push({ shelf: view.shelf, of: view.wants() });
  }
  if (plan.short.length > 0) return plan;

  /** The oldest that `of` names of some shelves; null: none is left; 'short': it cannot be said. */
  const oldest = (among: readonly View[], of: (view: View) => Stored | null, lack: Lack): Pick | 'short' | null => {
    let found: Pick | null = null;
    for (const view of among) {
      if (view.lacks(lack)) {
        plan.short.push({ shelf: view.shelf, of: lack === 'any' ? 'any' : view.wants() });
        continue;
      }
      const head = of(view);
      if (head !== null && (found === null || startOf(head) < startOf(found.stored))) found = { view, stored: head };
    }
    return plan.short.length > 0 ? 'short' : found;
  };

  const streams = Map.groupBy(views, (view) => view.shelf.streamId);
  for (const [streamId, among] of streams) {
    const { maxBytes } = among[0]?.shelf.rule ?? { maxBytes: null };
    const bytes = among[0]?.shelf.streamBytes ?? 0;
    if (maxBytes === null) continue;
    const over = (): boolean => bytes - (cut.get(streamId) ?? 0) > maxBytes;
    while (over()) {
      if (full()) return plan;
      const plain = oldest(among, (view) => view.beyond(view.plain()), 'plain');
      const next = plain ?? oldest(among, (view) => view.beyond(view.any()), 'any');
      if (next === 'short') return plan;
      if (next === null) {
        plan.oversize.push(streamId);
        break;
      }
      doom(next.view, next.stored, 'size');
    }
  }

  const byVolume = Map.groupBy(views, (view) => view.shelf.volume);
  for (const { volume, bytes, emergencyBytes } of input.needs) {
    const among = byVolume.get(volume) ?? [];
    const given = (): number => freed.get(volume) ?? 0;
    const rounds = [
      { wanted: bytes, reason: 'space', lack: 'plain', of: (view: View) => view.beyond(view.plain()) },
      { wanted: bytes, reason: 'space', lack: 'any', of: (view: View) => view.beyond(view.any()) },
      { wanted: emergencyBytes, reason: 'emergency', lack: 'any', of: (view: View) => view.any() },
    ] as const;
    for (const { wanted, reason, lack, of } of rounds) {
      if (given() >= wanted) continue;
      if (among.some((view) => view.lacks(lack))) {
        oldest(among, of, lack);
        return plan;
      }
      const heap = createHeap(among.flatMap((view) => pick(view, of(view))));
      while (given() < wanted) {
        if (full()) return plan;
        const next = heap.pop();
        if (next === null) break;
        doom(next.view, next.stored, reason);
        if (next.view.lacks(lack)) {
          plan.short.push({ shelf: next.view.shelf, of: lack === 'any' ? 'any' : next.view.wants() });
          return plan;
        }
        for (const more of pick(next.view, of(next.view))) heap.push(more);
      }
    }
    if (given() < bytes) plan.lacking.push({ volume, bytes: bytes - given() });
  }
  return plan;
}

type Lack = 'any' | 'plain';
type Pick = { view: View; stored: Stored };
const pick = (view: View, stored: Stored | null): Pick[] => (stored === null ? [] : [{ view, stored }]);

type View = ReturnType<typeof createView>;

/** One shelf while the plan is made: what was taken from it is gone. */
function createView(shelf: Shelf, nowMs: number) {
  const { rule } = shelf;
  const taken = new Set<number>();
  let anyAt = 0;
  let ordinaryAt = 0;
  const head = (queue: Queue, at: number): number => {
    let i = at;
    for (let s = queue.next[i]; s !== undefined && taken.has(s.startMs); s = queue.next[i]) i += 1;
    return i;
  };
  const any = (): Stored | null => shelf.any.next[(anyAt = head(shelf.any, anyAt))] ?? null;
  const ordinary = (): Stored | null => shelf.ordinary.next[(ordinaryAt = head(shelf.ordinary, ordinaryAt))] ?? null;
  const favoured = (s: Stored): boolean => s.favoured && endOf(s) > nowMs - rule.eventMs;
  const emptyAny = (): boolean => any() === null && shelf.any.more;
  const emptyOrdinary = (): boolean => {
    const first = any();
    return (first === null || favoured(first)) && ordinary() === null && shelf.ordinary.more;
  };
  return {
    shelf,
    /** The oldest. */
    any,
    /** The oldest that is not favoured (any more). */
    plain(): Stored | null {
      const [first, other] = [any(), ordinary()];
      return first !== null && !favoured(first) ? first : other;
    },
    /** Only what is not within the minimum. */
    beyond: (s: Stored | null): Stored | null => (s !== null && endOf(s) <= nowMs - rule.minMs ? s : null),
    /** It cannot be said what the oldest is: its queue is used up, and there is more. */
    lacks: (of: Lack): boolean => emptyAny() || (of === 'plain' && emptyOrdinary()),
    wants: (): 'any' | 'ordinary' => (emptyAny() ? 'any' : 'ordinary'),
    take(s: Stored): void {
      taken.add(s.startMs);
    },
  };
}

/** The oldest first; of those of one moment that of the lowest stream, so that it is the same however the work is cut into pieces. */
function createHeap(items: Pick[]) {
  const heap: Pick[] = [];
  const sooner = (i: number, j: number): boolean => {
    const [a, b] = [heap[i], heap[j]];
    if (a === undefined || b === undefined) return a !== undefined;
    return (
      startOf(a.stored) - startOf(b.stored) < 0 ||
      (startOf(a.stored) === startOf(b.stored) && a.view.shelf.streamId < b.view.shelf.streamId)
    );
  };
  const swap = (i: number, j: number): void => {
    const [a, b] = [heap[i], heap[j]];
    if (a === undefined || b === undefined) return;
    heap[i] = b;
    heap[j] = a;
  };
  const push = (item: Pick): void => {
    heap.push(item);
    for (let i = heap.length - 1; i > 0; ) {
      const up = (i - 1) >> 1;
      if (!sooner(i, up)) return;
      swap(i, up);
      i = up;
    }
  };
  for (const item of items) push(item);
  return {
    push,
    pop(): Pick | null {
      const top = heap[0];
      if (top === undefined) return null;
      swap(0, heap.length - 1);
      heap.pop();
      for (let i = 0; ; ) {
        const child = 2 * i + 1 + (sooner(2 * i + 2, 2 * i + 1) ? 1 : 0);
        if (!sooner(child, i)) break;
        swap(i, child);
        i = child;
      }
      return top;
    },
  };
}
