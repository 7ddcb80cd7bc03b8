/** A door behind which there is nothing: for an engine that is to leave the network alone (tests, tools). */
import { deviceError } from './device-connection.ts';
import type { Device, DeviceDoor } from './device-port.ts';

const nothing = (): Promise<never> =>
  Promise.reject(deviceError('unreachable', 'This station does not speak to devices.'));

const silent: Device = {
  facts: nothing,
  certificate: () => null,
  streamUrl: nothing,
  snapshot: nothing,
  clock: { offsetMs: nothing, set: nothing },
  encoder: { get: nothing, options: nothing, set: nothing },
  imaging: { get: nothing, options: nothing, set: nothing, focus: nothing, stopFocus: nothing },
  metadata: { get: nothing, set: nothing },
  overlays: { list: nothing, set: nothing, add: nothing, remove: nothing },
  ptz: {
    facts: nothing,
    status: nothing,
    move: nothing,
    stop: nothing,
    absolute: nothing,
    relative: nothing,
    home: nothing,
    setHome: nothing,
    presets: nothing,
    go: nothing,
    setPreset: nothing,
    removePreset: nothing,
  },
  relays: { list: nothing, set: nothing },
  auxiliary: nothing,
  events: () => ({ stop: () => Promise.resolve() }),
  recordings: { list: nothing, spans: nothing, replayUrl: nothing },
  close: () => undefined,
};

export const noDevices: DeviceDoor = {
  watch: () => ({ probe: () => undefined, stop: () => Promise.resolve() }),
  ask: () => Promise.resolve(),
  connect: () => silent,
};
