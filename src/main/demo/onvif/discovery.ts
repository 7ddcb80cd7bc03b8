/**
 * Answers those who look for devices (WS-Discovery over UDP 3702), for any number of virtual devices in this process. It joins
 * the multicast group on the interfaces it is told, as a rule loopback only, and answers nobody outside of this computer
 * unless one of those interfaces is an outside one.
 */
import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { Announced } from './device.ts';
import type { Made } from './discovery-message.ts';
import { byeMessage, helloMessage, isMeant, matchMessage, readAsked } from './discovery-message.ts';

export const discoveryGroup = '239.255.255.250';
export const discoveryPort = 3702;

export type Discovery = {
  start(): Promise<void>;
  /** Says goodbye for all devices and leaves. */
  stop(): Promise<void>;
  /** Says hello for a device that has come (again). */
  hello(device: Announced): void;
  bye(device: Announced): void;
  /** What it hears: the group on these interfaces, and unicast; for people and tests. */
  hears(): { multicast: string[]; unicast: boolean };
};

const messageId = (): string => `urn:uuid:${randomUUID()}`;

const bind = (address: string, port: number): Promise<Socket | null> =>
  new Promise((resolve) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.once('error', () => {
      socket.close();
      resolve(null);
    });
    socket.bind(port, address, () => {
      socket.removeAllListeners('error');
      socket.on('error', () => {
        // An ICMP answer to something sent; nothing depends on it.
      });
      resolve(socket);
    });
  });

export function createDiscovery(options: {
  clock: Clock;
  log: Log;
  devices: () => Announced[];
  /** Addresses of the interfaces to join on. */
  interfaces?: string[];
  /** Address that the devices listen at. */
  host?: string;
  port?: number;
}): Discovery {
  const { clock, log, interfaces = ['127.0.0.1'], host = '127.0.0.1', port = discoveryPort } = options;
  const isOutside = interfaces.some((i) => !i.startsWith('127.'));
  const instance = Math.floor(clock.nowMs() / 1000);
  let count = 0;
  let sockets: Socket[] = [];
  let joined: string[] = [];
  let unicast = false;
  const timers = new Set<NodeJS.Timeout>();

  const made = (): Made => ({ messageId: messageId(), sequence: { instance, number: ++count } });

  const isOwn = (address: string): boolean =>
    address.startsWith('127.') ||
    Object.values(networkInterfaces()).some((list) => list?.some((i) => i.address === address));

  function heard(socket: Socket, datagram: Buffer, from: RemoteInfo): void {
    if (!isOutside && !isOwn(from.address)) return;
    const asked = readAsked(datagram);
    if (!asked) return;
    const meant = options.devices().filter((device) => isMeant(asked, device));
    if (meant.length === 0) return;
    // Many devices in one process do not answer in one burst that a socket buffer cannot hold (§3.1.3: APP_MAX_DELAY).
    const perTurn = 16;
    const turn = (at: number): void => {
      for (const device of meant.slice(at, at + perTurn)) {
        if (!sockets.includes(socket)) return;
        socket.send(matchMessage(asked, device, host, made()), from.port, from.address);
      }
      if (at + perTurn >= meant.length) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        turn(at + perTurn);
      }, 10);
      timers.add(timer);
    };
    turn(0);
  }

  /** To the group, through each interface that was joined. */
  function tell(message: Buffer): Promise<void> {
    const [socket] = sockets;
    if (!socket) return Promise.resolve();
    const sends = joined.map(
      (address) =>
        new Promise<void>((resolve) => {
          try {
            socket.setMulticastInterface(address);
            socket.send(message, port, discoveryGroup, () => {
              resolve();
            });
          } catch {
            resolve();
          }
        }),
    );
    return Promise.all(sends).then(() => undefined);
  }

  async function leave(): Promise<void> {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    const all = sockets;
    sockets = [];
    joined = [];
    unicast = false;
    await Promise.all(all.map((s) => new Promise<void>((resolve) => s.close(resolve))));
  }

  return {
    async start() {
      // Bound to the group itself it hears no unicast that is meant for another program on this port; Windows cannot do that.
      const group = (await bind(discoveryGroup, port)) ?? (await bind('0.0.0.0', port));
      if (group) {
        for (const address of interfaces) {
          try {
            group.addMembership(discoveryGroup, address);
            joined.push(address);
          } catch {
            log.info('the demo devices cannot be found by multicast on an interface', { address });
          }
        }
        group.setMulticastTTL(1);
        group.setMulticastLoopback(true);
        group.on('message', (data, from) => {
          heard(group, data, from);
        });
        sockets.push(group);
      }
      const direct = await bind(host, port);
      if (direct) {
        unicast = true;
        direct.on('message', (data, from) => {
          heard(direct, data, from);
        });
        sockets.push(direct);
      }
      if (sockets.length === 0) log.info('nobody can find the demo devices: their port is taken', { port });
      for (const device of options.devices()) await tell(helloMessage(device, host, made()));
    },
    async stop() {
      for (const device of options.devices()) await tell(byeMessage(device, made()));
      await leave();
    },
    hello(device) {
      void tell(helloMessage(device, host, made()));
    },
    bye(device) {
      void tell(byeMessage(device, made()));
    },
    hears: () => ({ multicast: [...joined], unicast }),
  };
}
