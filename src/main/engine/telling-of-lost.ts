/** A camera that is lost may have another address by now: its device is asked, and the network. */
import type { DeviceRoom } from './devices.ts';
import type { EventRoom } from './events.ts';
import type { FindingRoom } from './finding.ts';

export function tellingOfLost(
  events: EventRoom,
  rooms: { devices: () => Pick<DeviceRoom, 'suspect' | 'hint'>; finding: () => Pick<FindingRoom, 'probe'> },
): EventRoom {
  return {
    ...events,
    note(event) {
      if (event.kind === 'camera-lost' && event.cameraId != null) {
        rooms.devices().suspect(event.cameraId);
        rooms.finding().probe();
      }
      if (event.kind === 'camera-back' && event.cameraId != null) rooms.devices().hint(event.cameraId);
      return events.note(event);
    },
  };
}
