/** What is seen at cameras, as events: motion by the station's own gate. Each gets the picture that it began with. */
import type { MotionBegan } from '#domain/decide/motion-event.ts';
import type { Event, EventLook } from '#domain/event.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import type { Box } from '#domain/place.ts';
import type { Clock } from '#lib/clock.ts';
import type { EventRoom } from './events.ts';
import type { CameraRecord, ReadStore } from './index-port.ts';
import type { Looked, Still } from './watching.ts';
import type { WatchRuleRoom } from './watch-rules.ts';

export type WatchEvents = {
  /** `aliveMs`: when the last run was last known to be alive: what it left open ended then at the latest. */
  start(aliveMs: number): void;
  stop(): void;
  looked(camera: CameraRecord, look: Looked): void;
  /** What is set for a camera may be another: where it is not to be watched any more, what goes on is over now. */
  settle(id: CameraId): void;
  /** Nobody looks any more: what goes on is over as far as anybody knows. */
  unwatched(id: CameraId): void;
};

const noLook: EventLook = {
  ...{ class: null, score: null, box: null, zoneId: null, lineId: null, trackId: null, text: null },
  hasPicture: false,
};

export function createWatchEvents(deps: {
  clock: Clock;
  events: Pick<EventRoom, 'note' | 'finish' | 'look'>;
  store: Pick<ReadStore, 'openEvents'>;
  rules: Pick<WatchRuleRoom, 'settings'>;
  still: (id: CameraId) => Promise<Still>;
  /** An event has ended. */
  over: (event: Event) => void;
  /** Keeps the picture of an event; false: it could not be kept. */
  keep: (id: EventId, cameraId: CameraId, still: NonNullable<Still>) => boolean;
}): WatchEvents {
  const { clock, events, rules } = deps;
  const motion = new Map<CameraId, { id: EventId; fromMs: number }>();

  const begin = (camera: CameraRecord, fromMs: number, box: Box, began: MotionBegan): void => {
    const { mode, tellMotion, sensitivity, minArea, minMotionMs } = rules.settings(camera.id);
    // What was looked at when it was switched off may come after that.
    if (mode === 'off' || !tellMotion || motion.has(camera.id)) return;
    const look = { ...noLook, box };
    const event = events.note({
      kind: 'motion',
      severity: 'info',
      cameraId: camera.id,
      fromMs,
      data: { camera: camera.name },
      look,
      why: { is: 'motion', box, ...began, sensitivity, minArea, neededMs: minMotionMs },
    });
    if (event === null) return;
    motion.set(camera.id, { id: event.id, fromMs });
    void deps.still(camera.id).then((still) => {
      if (still !== null && deps.keep(event.id, camera.id, still)) events.look(event.id, { ...look, hasPicture: true });
    });
  };
  const end = (id: CameraId, atMs: number, ended: string | null): void => {
    const open = motion.get(id);
    if (open === undefined) return;
    motion.delete(id);
    events.finish(open.id, Math.max(open.fromMs, atMs), ended === null ? {} : { ended });
  };

  return {
    start(aliveMs) {
      for (const event of deps.store.openEvents())
        if (event.look !== undefined) {
          events.finish(event.id, Math.max(event.fromMs, aliveMs), { ended: 'station-stopped' });
          deps.over(event);
        }
    },
    stop() {
      for (const id of [...motion.keys()]) end(id, clock.nowMs(), 'station-stopped');
    },
    looked(camera, look) {
      if (look.motion === null) end(camera.id, look.atMs, 'unwatched');
      for (const output of look.events)
        if (output.is === 'begin') begin(camera, output.fromMs, output.box, output.why);
        else end(camera.id, output.atMs, null);
    },
    settle(id) {
      if (rules.settings(id).mode === 'off') end(id, clock.nowMs(), 'unwatched');
    },
    unwatched(id) {
      end(id, clock.nowMs(), 'unwatched');
    },
  };
}
