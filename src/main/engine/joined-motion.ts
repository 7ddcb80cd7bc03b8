/** One event of motion where a camera and the station see the same (`domain/decide/join-motion.ts`): a door to the events for each. */
import {
  joinMotion,
  noJoinedMotion,
  type JoinInput,
  type JoinedMotion,
  type MotionSource,
} from '#domain/decide/join-motion.ts';
import type { Event } from '#domain/event.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { EventRoom } from './events.ts';
import type { NewEvent } from './rooms.ts';

type Door = Pick<EventRoom, 'note' | 'finish'>;
export type JoinedMotionRoom = {
  /** For what cameras tell. */
  camera: Door;
  /** For what the station sees. */
  station: Door & Pick<EventRoom, 'look'>;
  /** Ends what only waits; to be called when both doors are shut. */
  stop(): void;
};

const tickMs = 1_000;
type Open = { event: Event; state: JoinedMotion; more: Event['data'] };

export function createJoinedMotion(deps: {
  clock: Clock;
  events: Pick<EventRoom, 'note' | 'finish' | 'look' | 'reasoned'>;
  /** Whether the station looks at it, and would tell motion. */
  watched: (id: CameraId) => boolean;
}): JoinedMotionRoom {
  const { clock, events } = deps;
  const cameras = new Map<CameraId, Open>();
  const byEvent = new Map<EventId, CameraId>();
  let timer: ReturnType<typeof setInterval> | null = null;

  const step = (id: CameraId, open: Open, input: JoinInput): 'join' | null => {
    const [state, output] = joinMotion(open.state, input);
    open.state = state;
    if (output?.is === 'join') return 'join';
    if (output?.is !== 'end') return null;
    cameras.delete(id);
    byEvent.delete(open.event.id);
    events.finish(open.event.id, Math.max(open.event.fromMs, output.atMs), open.more);
    return null;
  };
  const tick = (): void => {
    const nowMs = clock.nowMs();
    for (const [id, open] of [...cameras]) step(id, open, { is: 'look', nowMs });
    if (cameras.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };

  const note = (source: MotionSource, draft: NewEvent): Event | null => {
    const id = draft.cameraId ?? null;
    if (draft.kind !== 'motion' || id === null) return events.note(draft);
    const open = cameras.get(id);
    if (open === undefined) {
      const event = events.note({ ...draft, data: { ...draft.data, by: source } });
      if (event === null) return null;
      const [state] = joinMotion(noJoinedMotion, { is: 'begin', source });
      cameras.set(id, { event, state, more: {} });
      byEvent.set(event.id, id);
      timer ??= setInterval(tick, tickMs);
      return event;
    }
    if (step(id, open, { is: 'begin', source }) === 'join') {
      const { severity } = open.event;
      const data: Event['data'] = { ...open.event.data, ...draft.data, source: null, by: 'both' };
      const look = draft.look ?? open.event.look;
      open.event = { ...open.event, data, ...(look !== undefined && { look }) };
      if (look !== undefined) events.look(open.event.id, look, { severity, data });
      // What the station saw is its reason, whoever told it first.
      if (draft.why !== undefined) events.reasoned(open.event.id, draft.why);
    }
    return open.event;
  };
  const finish = (source: MotionSource, eventId: EventId, atMs: number, more: Event['data'] = {}): void => {
    const id = byEvent.get(eventId);
    const open = id === undefined ? undefined : cameras.get(id);
    if (id === undefined || open === undefined) {
      events.finish(eventId, atMs, more);
      return;
    }
    open.more = { ...open.more, ...more };
    // The station's own ends late as it is: who did not join by then saw something else.
    const waits = source === 'camera' && more['ended'] === undefined && deps.watched(id);
    step(id, open, { is: 'end', source, atMs, nowMs: clock.nowMs(), waits });
  };
  const doorOf = (source: MotionSource): Door => ({
    note: (draft) => note(source, draft),
    finish(id, atMs, more) {
      finish(source, id, atMs, more);
    },
  });

  return {
    camera: doorOf('camera'),
    station: {
      ...doorOf('station'),
      look(eventId, look, more) {
        const id = byEvent.get(eventId);
        const open = id === undefined ? undefined : cameras.get(id);
        if (open !== undefined) open.event = { ...open.event, look };
        events.look(eventId, look, more);
      },
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      for (const [id, open] of [...cameras]) step(id, open, { is: 'over' });
    },
  };
}
