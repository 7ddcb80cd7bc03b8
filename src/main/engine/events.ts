import { AppError, invalid } from '#contract/error.ts';
import type { Pushed, Signal } from '#contract/call.ts';
import type { CloserLook } from '#domain/closer-look.ts';
import type { Event, EventKind, EventLook } from '#domain/event.ts';
import type { EventWhy } from '#domain/event-why.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import { EventId as EventIdSchema } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { StoreError } from '#lib/store-error.ts';
import { createBell } from './follow.ts';
import type { ReadStore, WriteStore } from './index-port.ts';
import type { Queries } from './query-port.ts';
import type { Events, NewEvent } from './rooms.ts';

/** New events that wait for one follower; beyond, it is fed from the index again. */
const maxWaiting = 500;
/** Ends of older events that wait for one follower; the oldest are dropped (its list shows them at the next look). */
const maxUpdates = 1_000;

type Follower = { fresh: Event[]; updates: Map<EventId, Event>; behind: boolean; ring(): void };

export type EventRoom = Events & {
  /** Like `add`, but a full or failing disk only costs the event: for what the station notices itself. */
  note(event: NewEvent): Event | null;
  /** Newest event of a camera since the start. */
  lastOf(id: CameraId): { kind: EventKind; atMs: number } | null;
  /** Events of a camera that are going on, oldest first. */
  goingOn(id: CameraId): Event[];
  finish(id: EventId, toMs: number, more?: Event['data']): void;
  /** The analysis knows more of it; `more`: it matters otherwise than was thought. */
  look(id: EventId, look: EventLook, more?: Pick<Event, 'severity' | 'data'>): void;
  /** What was seen of it afterwards. */
  closer(id: EventId, look: CloserLook): void;
  /** It is known now whether its object stays in its place. */
  stayed(id: EventId, stayed: boolean): void;
  /** More is known of why it was told. */
  reasoned(id: EventId, why: EventWhy): void;
  /** Told at once of every event that begins or ends. Returns the stop. */
  listen(listener: (event: Event) => void): () => void;
  /** Ends all following. */
  stop(): void;
};

export function createEvents(deps: {
  store: Pick<WriteStore, 'event' | 'station'> & Pick<ReadStore, 'eventById' | 'eventWhy' | 'openEvents'>;
  queries: Pick<Queries, 'events' | 'eventsAfter'>;
  clock: Clock;
  log: Log;
  newId: () => string;
  cameraExists: (id: CameraId) => boolean;
  /** When the pictures that decided an event were, of those that are kept. */
  pictures: (id: EventId) => number[];
}): EventRoom {
  const { store, queries, clock, log } = deps;
  const origin = store.station.get().id;
  const followers = new Set<Follower>();
  const listeners = new Set<(event: Event) => void>();
  const last = new Map<CameraId, { kind: EventKind; atMs: number }>();
  const open = new Map<EventId, Event>(store.openEvents().map((event) => [event.id, event]));
  let stopped = false;

  const add = (draft: NewEvent): Event => {
    const made: Omit<Event, 'seq'> = {
      id: EventIdSchema.parse(deps.newId()),
      origin,
      kind: draft.kind,
      severity: draft.severity,
      cameraId: draft.cameraId ?? null,
      fromMs: draft.fromMs ?? clock.nowMs(),
      toMs: draft.toMs ?? null,
      data: draft.data ?? {},
      ...(draft.look !== undefined && { look: draft.look }),
    };
    const event = store.event.add(made, draft.why);
    if (event.cameraId !== null) last.set(event.cameraId, { kind: event.kind, atMs: event.fromMs });
    if (event.toMs === null) open.set(event.id, event);
    for (const listener of listeners) listener(event);
    for (const f of followers) {
      if (f.fresh.length >= maxWaiting) {
        f.behind = true;
        f.fresh = [];
      } else if (!f.behind) f.fresh.push(event);
      f.ring();
    }
    return event;
  };

  const tell = (event: Event): void => {
    for (const listener of listeners) listener(event);
    for (const f of followers) {
      f.updates.delete(event.id);
      f.updates.set(event.id, event);
      const oldest = f.updates.keys().next();
      if (f.updates.size > maxUpdates && oldest.done !== true) f.updates.delete(oldest.value);
      f.ring();
    }
  };
  const end = (id: EventId, toMs: number, more?: Event['data']): void => {
    const event = store.event.end(id, toMs, more);
    open.delete(id);
    if (event === null) return;
    tell(event);
  };

  const orLog = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      log.error('an event could not be stored', { reason: error.reason });
      return null;
    }
  };

  async function* watch(afterId: string | undefined, signal: Signal): AsyncGenerator<Pushed<Event>> {
    const bell = createBell(signal);
    const after = afterId === undefined ? null : store.eventById(afterId);
    const me: Follower = { fresh: [], updates: new Map(), behind: after !== null, ring: bell.ring };
    let lastSeq = after !== null && after.origin === origin ? after.seq : 0;
    followers.add(me);
    try {
      for (;;) {
        while (me.behind && !bell.over()) {
          // What comes while the index is read is either in this page, or waits and is told apart by its number.
          me.behind = false;
          const page = await queries.eventsAfter(origin, lastSeq);
          for (const event of page) {
            lastSeq = event.seq;
            yield { id: event.id, value: event };
          }
          if (page.length >= 1000) me.behind = true;
        }
        const { fresh, updates } = me;
        me.fresh = [];
        me.updates = new Map();
        for (const event of fresh) {
          if (event.seq <= lastSeq) continue;
          lastSeq = event.seq;
          yield { id: event.id, value: event };
        }
        // No id: a resumed follower goes on after the newest event, not after the one that ended.
        for (const event of updates.values()) yield { value: event };
        if (me.behind || me.fresh.length > 0 || me.updates.size > 0) continue;
        if (stopped || !(await bell.next())) return;
      }
    } finally {
      followers.delete(me);
    }
  }

  return {
    add,
    end,
    lastOf: (id) => last.get(id) ?? null,
    goingOn: (id) => [...open.values()].filter((e) => e.cameraId === id).sort((a, b) => a.fromMs - b.fromMs),
    note: (draft) => orLog(() => add(draft)),
    finish: (id, toMs, more) => {
      orLog(() => {
        end(id, toMs, more);
      });
    },
    look(id, look, more) {
      orLog(() => {
        const event = store.event.look(id, look, more);
        if (event === null) return;
        if (event.toMs === null) open.set(id, event);
        tell(event);
      });
    },
    stayed(id, stayed) {
      orLog(() => {
        const event = store.event.stayed(id, stayed);
        if (event === null) return;
        if (event.toMs === null) open.set(id, event);
        tell(event);
      });
    },
    closer(id, look) {
      orLog(() => {
        const event = store.event.closer(id, look);
        if (event !== null) tell(event);
      });
    },
    reasoned(id, why) {
      orLog(() => {
        store.event.why(id, why);
      });
    },
    post(event, by) {
      if (event.cameraId !== null && !deps.cameraExists(event.cameraId))
        throw new AppError('NOT_FOUND', 'There is no such camera.');
      const fromMs = event.fromMs ?? clock.nowMs();
      const toMs = event.toMs === undefined ? fromMs : event.toMs;
      if (toMs !== null && toMs < fromMs) throw invalid('toMs', 'order', 'An event cannot end before it starts.');
      return add({
        kind: 'external',
        severity: event.severity,
        cameraId: event.cameraId,
        fromMs,
        toMs,
        data: { title: event.title, ...(event.text !== undefined && { text: event.text }), by },
      });
    },
    why(id) {
      if (store.eventById(id) === null) throw new AppError('NOT_FOUND', 'There is no such event.');
      return { why: store.eventWhy(id), pictures: deps.pictures(id) };
    },
    async list(q) {
      // Without its place the page would be the newest one, again and again.
      if (q.before !== undefined && store.eventById(q.before) === null)
        throw invalid('before', 'gone', 'The event to go on from is not there any more. Begin again without “before”.');
      return queries.events({
        fromMs: q.fromMs ?? null,
        toMs: q.toMs ?? null,
        cameraIds: q.cameraId ?? [],
        kinds: q.kind ?? [],
        classes: q.class ?? [],
        zoneIds: q.zoneId ?? [],
        lineIds: q.lineId ?? [],
        colours: q.colour ?? [],
        text: q.text ?? null,
        before: q.before ?? null,
        limit: q.limit,
      });
    },
    watch,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopped = true;
      for (const f of followers) f.ring();
    },
  };
}
