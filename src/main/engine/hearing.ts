/** What cameras tell by themselves, whichever way: through their devices' events and in the metadata beside their pictures. */
import type { CameraId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createCameraEvents, type CameraEvents } from './camera-events.ts';
import { createCameraMetadata, type CameraMetadataRoom } from './camera-metadata.ts';
import type { CameraHealthRoom } from './camera-health.ts';
import type { CameraRoom } from './cameras.ts';
import type { EventRoom } from './events.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { ReadStore } from './index-port.ts';
import type { Devices } from './rooms.ts';
import type { StreamStatuses } from './stream-statuses.ts';

export type Hearing = { cameraEvents: CameraEvents; cameraMetadata: CameraMetadataRoom };

export function createHearing(deps: {
  clock: Clock;
  log: Log;
  devices: Pick<Devices, 'of' | 'status' | 'facts'>;
  events: Pick<EventRoom, 'note' | 'finish'>;
  store: Pick<ReadStore, 'openEvents'>;
  cameras: Pick<CameraRoom, 'records' | 'record' | 'reconnect' | 'deviceChanged'>;
  pool: () => Pick<IngestPool, 'metadata'>;
  statuses: Pick<StreamStatuses, 'get'>;
  health: () => Pick<CameraHealthRoom, 'maintenance'>;
}): Hearing {
  const { clock, log, cameras } = deps;
  const record = (id: CameraId) => cameras.record(id);
  const cameraEvents = createCameraEvents({
    ...deps,
    records: () => cameras.records(),
    record,
    silenced: (id) => deps.health().maintenance(id) !== null,
  });
  const cameraMetadata = createCameraMetadata({
    clock,
    log,
    pool: deps.pool,
    record,
    recorded: (streamId, kind) => deps.statuses.get(streamId, kind).recording,
    reconnect: (id, kind) => cameras.reconnect(id, kind),
    heard: (id, said) => {
      cameraEvents.heard(id, said);
    },
    reading: (id, reads) => {
      cameraEvents.reading(id, reads);
    },
    changed: (id) => {
      cameras.deviceChanged(id);
    },
  });
  return { cameraEvents, cameraMetadata };
}
