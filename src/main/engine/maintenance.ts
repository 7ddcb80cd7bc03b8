/** Cameras that are worked at: silent until a moment that a person said, and no longer. Kept over restarts. */
import { z } from 'zod';
import { AppError, invalid } from '#contract/error.ts';
import { longestMaintenanceMs, Maintenance } from '#domain/camera-health.ts';
import { CameraId, type EventId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import type { CameraRecord, ReadStore, WriteStore } from './index-port.ts';

const settingKey = 'maintenance';
const tickMs = 1_000;
const Kept = z.array(z.object({ id: CameraId, maintenance: Maintenance })).max(10_000);

export type MaintenanceRoom = {
  start(): void;
  stop(): void;
  of(id: CameraId): Maintenance | null;
  /** Throws NOT_FOUND; INVALID where it would end in the past or in more than 7 days. */
  begin(id: CameraId, said: { reason: string; by: string; untilMs: number }): Maintenance;
  /** Throws NOT_FOUND. Nothing happens where there is none. */
  end(id: CameraId): void;
  /** The camera is gone from the station. */
  forget(id: CameraId): void;
};

export function createMaintenance(deps: {
  clock: Clock;
  log: Log;
  events: Pick<EventRoom, 'note' | 'finish'>;
  store: Pick<ReadStore, 'openEvents'> & Pick<WriteStore, 'setting'>;
  record: (id: CameraId) => CameraRecord | null;
  /** A camera became silent, or is heard again. */
  changed: (id: CameraId, silent: boolean) => void;
}): MaintenanceRoom {
  const { clock, log, events, store } = deps;
  const current = new Map<CameraId, Maintenance>();
  const noted = new Map<CameraId, EventId>();
  let timer: ReturnType<typeof setInterval> | null = null;

  const keep = (): void => {
    store.setting.set(settingKey, JSON.stringify([...current].map(([id, maintenance]) => ({ id, maintenance }))));
  };
  const finish = (id: CameraId, atMs: number): void => {
    const event = noted.get(id);
    noted.delete(id);
    if (event !== undefined) events.finish(event, atMs);
  };
  const over = (id: CameraId, atMs: number): void => {
    if (!current.delete(id)) return;
    keep();
    finish(id, atMs);
    deps.changed(id, false);
  };
  const note = (id: CameraId, { reason, by, sinceMs, untilMs }: Maintenance): void => {
    const event = events.note({
      kind: 'maintenance',
      severity: 'info',
      cameraId: id,
      fromMs: sinceMs,
      data: { camera: deps.record(id)?.name ?? null, text: reason, by, untilMs },
    });
    if (event !== null) noted.set(id, event.id);
  };
  const tick = (): void => {
    const now = clock.nowMs();
    for (const [id, { untilMs }] of [...current]) if (now >= untilMs) over(id, untilMs);
  };
  const present = (id: CameraId): void => {
    if (deps.record(id) === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
  };

  return {
    start() {
      for (const event of store.openEvents())
        if (event.kind === 'maintenance' && event.cameraId !== null) noted.set(event.cameraId, event.id);
      const kept = store.setting.get(settingKey);
      if (kept !== null) {
        try {
          for (const { id, maintenance } of Kept.parse(JSON.parse(kept)))
            if (deps.record(id) !== null) current.set(id, maintenance);
        } catch (error) {
          log.error('what was kept of maintenance cannot be read: all cameras are heard', { error: String(error) });
        }
      }
      for (const id of [...noted.keys()]) if (!current.has(id)) finish(id, clock.nowMs());
      tick();
      timer = setInterval(tick, tickMs);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
    of: (id) => current.get(id) ?? null,
    begin(id, { reason, by, untilMs }) {
      present(id);
      const sinceMs = clock.nowMs();
      const refused = 'Maintenance ends in the future, in seven days at the latest.';
      if (untilMs <= sinceMs) throw invalid('untilMs', 'past', refused);
      if (untilMs > sinceMs + longestMaintenanceMs)
        throw invalid('untilMs', 'span', refused, { most: longestMaintenanceMs });
      const maintenance: Maintenance = { reason, by, sinceMs, untilMs };
      finish(id, sinceMs);
      current.set(id, maintenance);
      keep();
      note(id, maintenance);
      log.info('a camera is in maintenance', { camera: deps.record(id)?.name ?? null, by });
      deps.changed(id, true);
      return maintenance;
    },
    end(id) {
      present(id);
      over(id, clock.nowMs());
    },
    forget(id) {
      over(id, clock.nowMs());
    },
  };
}
