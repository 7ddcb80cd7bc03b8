/** The devices behind the cameras, put together: speaking to them, finding new ones, following those whose address changes. */
import type { CameraRoom } from './cameras.ts';
import { createDeviceFollowing } from './device-following.ts';
import { createDevices, type DeviceRoom } from './devices.ts';
import type { EngineDeps } from './engine-deps.ts';
import type { EventRoom } from './events.ts';
import { createFinding, type FindingRoom } from './finding.ts';
import type { IngestPool } from './ingest-pool.ts';

export type DeviceRooms = {
  devices: DeviceRoom;
  finding: FindingRoom;
  start(): void;
  /** No address is followed any more; finding and the connections are ended by themselves, later. */
  stop(): void;
};

export function createDeviceRooms(
  deps: Pick<EngineDeps, 'clock' | 'log' | 'store' | 'devices'> & {
    events: Pick<EventRoom, 'note' | 'finish'>;
    cameras: CameraRoom;
    pool: () => IngestPool;
  },
): DeviceRooms {
  const { clock, log, store, devices: door, events, cameras, pool } = deps;
  const records: CameraRoom['records'] = () => cameras.records();
  const record: CameraRoom['record'] = (id) => cameras.record(id);
  const relink: CameraRoom['relink'] = (id, change) => cameras.relink(id, change);
  const devices = createDevices({
    ...{ door, clock, log, events, store, records, record, relink },
    password: (camera) => cameras.password(camera),
    tell: (id) => cameras.deviceChanged(id),
  });
  const finding = createFinding({ door, clock, log, cameras, records, pool });
  const following = createDeviceFollowing({ door, devices, finding, clock, log, events, record, relink });
  return {
    devices,
    finding,
    start() {
      devices.start();
      finding.start();
      following.start();
    },
    stop: following.stop,
  };
}
