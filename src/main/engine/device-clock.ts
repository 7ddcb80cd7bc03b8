/** Clocks of devices: corrected where a person wants it, else told about. Looked at whenever a device was asked for its clock. */
import { clockOff } from '#domain/decide/clock-watch.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import type { DeviceConnection } from './device-connection.ts';
import type { CameraRecord, ReadStore } from './index-port.ts';

/** A clock that was set and is off again is not set again before: two masters of one clock would fight. */
const setAgainMs = 3_000_000;

export type DeviceClocks = {
  /** Takes over events of the last run that still go on. */
  start(): void;
  /** A connection was asked for its clock. Never rejects. */
  look(connection: DeviceConnection, cameras: CameraRecord[]): Promise<void>;
  /** A camera went or has another device: it is not off any more. */
  forget(id: CameraId): void;
};

export function createDeviceClocks(deps: {
  clock: Clock;
  log: Log;
  events: Pick<EventRoom, 'note' | 'finish'>;
  store: Pick<ReadStore, 'openEvents'>;
}): DeviceClocks {
  const { clock, log, events } = deps;
  const off = new Map<CameraId, EventId>();
  const setAt = new WeakMap<DeviceConnection, number>();

  const finish = (id: CameraId): void => {
    const event = off.get(id);
    if (event === undefined) return;
    off.delete(id);
    events.finish(event, clock.nowMs());
  };

  const set = async (
    connection: DeviceConnection,
    cameras: CameraRecord[],
    beforeMs: number,
  ): Promise<number | null> => {
    if (clock.monoMs() - (setAt.get(connection) ?? -Infinity) < setAgainMs) return beforeMs;
    setAt.set(connection, clock.monoMs());
    try {
      await connection.run((d) => d.clock.set());
      const afterMs = await connection.run((d) => d.clock.offsetMs());
      connection.clockOffset(afterMs);
      const now = clock.nowMs();
      for (const c of cameras)
        events.note({
          kind: 'camera-clock-set',
          severity: 'info',
          cameraId: c.id,
          fromMs: now,
          toMs: now,
          data: { camera: c.name, offsetMs: Math.round(beforeMs) },
        });
      return afterMs;
    } catch (error) {
      log.warn('the clock of a camera could not be set', { camera: cameras[0]?.name, error: String(error) });
      return beforeMs;
    }
  };

  return {
    start() {
      for (const event of deps.store.openEvents())
        if (event.kind === 'camera-clock-off' && event.cameraId !== null) off.set(event.cameraId, event.id);
    },
    async look(connection, cameras) {
      let { clockOffsetMs: offsetMs } = connection.status();
      if (offsetMs !== null && clockOff(false, offsetMs) && cameras.some((c) => c.link?.setClock === true))
        offsetMs = await set(connection, cameras, offsetMs);
      for (const c of cameras) {
        const was = off.has(c.id);
        const is = clockOff(was, offsetMs);
        if (was && !is) finish(c.id);
        if (was || !is) continue;
        const event = events.note({
          kind: 'camera-clock-off',
          severity: 'warning',
          cameraId: c.id,
          fromMs: clock.nowMs(),
          data: { camera: c.name, offsetMs: Math.round(offsetMs ?? 0) },
        });
        if (event !== null) off.set(c.id, event.id);
      }
    },
    forget: finish,
  };
}
