/** Commanding cameras: heads, settings, talking, put together. */
import { createDeviceSettings } from './device-settings.ts';
import type { CameraHealthRoom } from './camera-health.ts';
import type { CameraRoom } from './cameras.ts';
import type { DeviceRoom } from './devices.ts';
import type { EngineDeps } from './engine-deps.ts';
import type { EventRoom } from './events.ts';
import type { IngestPool } from './ingest-pool.ts';
import { createPtz } from './ptz.ts';
import { createTalks } from './talk.ts';

export function createCommanding(
  deps: Pick<EngineDeps, 'clock' | 'log' | 'store'> & {
    devices: DeviceRoom;
    events: EventRoom;
    cameras: CameraRoom;
    health: () => Pick<CameraHealthRoom, 'steered'>;
    pool: () => IngestPool;
  },
) {
  const { clock, log, store, devices, events, cameras, pool } = deps;
  const ptz = createPtz({
    moved: (id) => deps.health().steered(id),
    devices,
    record: (id) => cameras.record(id),
    records: () => cameras.records(),
    setting: store.setting,
    events,
    clock,
    log,
  });
  const deviceSettings = createDeviceSettings({ devices, cameras, log });
  const talks = createTalks({ cameras, pool, clock, log });
  return {
    ptz,
    deviceSettings,
    talks,
    start() {
      ptz.start();
    },
    /** What moves is stopped; the devices' connections are still needed for that. */
    async stop(): Promise<void> {
      talks.stop();
      await Promise.all([ptz.end(), deviceSettings.stop()]);
    },
  };
}
