/** ONVIF devices: found, understood, commanded. The only door of this room. */
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { DeviceDoor } from '../../engine/device-port.ts';
import { createDevice } from './device.ts';
import { askHosts, discoverAt } from './discovery/ask.ts';
import { expandHosts } from './discovery/hosts.ts';
import { usableInterfaces } from './discovery/interfaces.ts';
import { watchDevices, type DiscoveryNet } from './discovery/watch.ts';
import { createRefusals } from './refusals.ts';

export type { DiscoveryNet } from './discovery/watch.ts';

/** `net` is given by tests and benches only, to stay on interfaces and ports of their own; WS-Discovery is on 3702. */
export function createDevices(deps: { clock: Clock; log: Log; net?: DiscoveryNet }): DeviceDoor {
  const { clock, log } = deps;
  const net = deps.net ?? { interfaces: usableInterfaces, port: 3702 };
  const refusals = createRefusals(clock);
  return {
    watch: (on) => watchDevices({ clock, log, net }, on),
    ask: async (hosts, found, signal) => askHosts(expandHosts(hosts), { clock, port: net.port }, found, signal),
    connect: (target) =>
      createDevice(target, { clock, log, refusals, discovered: (url) => discoverAt(url, { clock, port: net.port }) }),
  };
}
