/** Listens for devices that come and go, and asks for them, on every interface (WS-Discovery, ONVIF Core §7). */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { FoundDevice } from '#domain/device.ts';
import type { NetInterface } from './interfaces.ts';
import { readDatagram, writeProbe, type ProbeType } from './message.ts';

export type DiscoveryNet = { interfaces(): NetInterface[]; port: number };

const group4 = '239.255.255.250';
const group6 = 'ff02::c';
/** Interfaces are looked up this often: cables, VPNs and wireless come and go. */
const lookMs = 10_000;
const probeEveryMs = 5 * 60_000;
/**
 * One round of asking: UDP gets lost, and 200 answers at once overrun a socket's buffer, so the question is put several times
 * (SOAP-over-UDP 1.1 §3.4 repeats; here with new ids, because devices that answered do not answer the same id again).
 */
const round: { atMs: number; type: ProbeType }[] = [
  { atMs: 0, type: 'video-transmitter' },
  { atMs: 400, type: 'device' },
  { atMs: 1_200, type: 'video-transmitter' },
  { atMs: 2_600, type: 'device' },
];
const mostPerSecond = 4_000;
const mostKnown = 8_192;
/** Questions back per second: nobody makes us shout at others with forged greetings. */
const mostAskedBack = 20;
/** The same answer is told again only after this. */
const tellAgainMs = 5_000;

type Place = { iface: NetInterface; ask: Socket; listen: Socket | null };

export function watchDevices(
  deps: { clock: Clock; log: Log; net: DiscoveryNet },
  on: { found(device: FoundDevice): void; gone(endpoint: string): void },
): { probe(): void; stop(): Promise<void> } {
  const { clock, log, net } = deps;
  const places = new Map<string, Place>();
  const timers = new Set<NodeJS.Timeout>();
  const told = new Map<string, { what: string; atMs: number }>();
  const closing: Promise<void>[] = [];
  let stopped = false;
  let second = 0;
  let inSecond = 0;
  let askedBack = 0;

  const later = (ms: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!stopped) work();
    }, ms);
    timers.add(timer);
  };

  function heard(bytes: Buffer, info: RemoteInfo, place: Place): void {
    const now = Math.floor(clock.monoMs() / 1000);
    if (now !== second) {
      second = now;
      inSecond = 0;
      askedBack = 0;
    }
    if (stopped || ++inSecond > mostPerSecond) return;
    const own = [...places.values()].some((p) => p.iface.address === info.address);
    const message = readDatagram(bytes, info.address, clock.nowMs(), own);
    if (message.kind === 'gone') {
      for (const key of told.keys()) if (key.startsWith(`${message.endpoint} `)) told.delete(key);
      on.gone(message.endpoint);
    } else if (message.kind === 'ask' && ++askedBack <= mostAskedBack)
      send(place, writeProbe('video-transmitter'), info.address, info.port);
    else if (message.kind === 'found') message.devices.forEach(tell);
  }

  function tell(device: FoundDevice): void {
    const key = `${device.endpoint ?? ''} ${device.url}`;
    const { seenMs: _seen, ...rest } = device;
    const what = JSON.stringify(rest);
    const before = told.get(key);
    if (before && before.what === what && clock.monoMs() - before.atMs < tellAgainMs) return;
    if (told.size >= mostKnown) told.delete(told.keys().next().value ?? '');
    told.set(key, { what, atMs: clock.monoMs() });
    on.found(device);
  }

  function send(place: Place, message: Buffer, address: string, port: number): void {
    try {
      place.ask.send(message, port, address, () => undefined); // an interface may be down just now
    } catch {
      // closed meanwhile
    }
  }

  const shut = (socket: Socket | null): void => {
    if (socket === null) return;
    closing.push(
      new Promise((resolve) => {
        try {
          socket.close(() => resolve());
        } catch {
          resolve(); // never opened
        }
      }),
    );
  };

  function open(iface: NetInterface): void {
    const key = keyOf(iface);
    const type = iface.family === 4 ? 'udp4' : 'udp6';
    const ask = createSocket({ type, recvBufferSize: 1 << 20 });
    const listen = createSocket({ type, reuseAddr: true, ipv6Only: iface.family === 6 });
    const place: Place = { iface, ask, listen };
    places.set(key, place);
    const own = iface.family === 4 ? iface.address : `::%${iface.name}`;
    const drop = (error: Error): void => {
      log.debug('no discovery on an interface', { interface: iface.name, family: iface.family, reason: error.message });
      if (places.get(key) === place) places.delete(key);
      shut(ask);
      shut(place.listen);
      place.listen = null;
    };
    ask.on('error', drop);
    ask.on('message', (bytes, info) => heard(bytes, info, place));
    ask.bind(iface.family === 4 ? { address: iface.address, port: 0 } : { port: 0 }, () => {
      try {
        ask.setMulticastInterface(own);
        ask.setMulticastTTL(1);
        later(0, () => probeOn(place));
      } catch (error) {
        drop(error as Error);
      }
    });
    // Hello and Bye only: bound to the group, so that unicast for other programs on this port is left to them. Windows cannot.
    const group = iface.family === 4 ? group4 : `${group6}%${iface.name}`;
    listen.on('error', (error) => {
      log.debug('nobody hears devices come and go on an interface', { interface: iface.name, reason: error.message });
      if (place.listen === listen) place.listen = null;
      shut(listen);
    });
    listen.on('message', (bytes, info) => heard(bytes, info, place));
    const address = process.platform === 'win32' ? (iface.family === 4 ? iface.address : '::') : group;
    listen.bind({ address, port: net.port }, () => {
      try {
        listen.addMembership(iface.family === 4 ? group4 : group6, own);
      } catch (error) {
        listen.emit('error', error);
      }
    });
  }

  function look(): void {
    const now = new Map(net.interfaces().map((iface) => [keyOf(iface), iface] as const));
    for (const [key, place] of places) {
      if (now.has(key)) continue;
      places.delete(key);
      shut(place.ask);
      shut(place.listen);
    }
    for (const [key, iface] of now) if (!places.has(key)) open(iface);
  }

  function probeOn(place: Place): void {
    for (const { atMs, type } of round)
      later(atMs, () => {
        const to = place.iface.family === 4 ? group4 : `${group6}%${place.iface.name}`;
        if (places.get(keyOf(place.iface)) === place) send(place, writeProbe(type), to, net.port);
      });
  }

  function probe(): void {
    if (stopped) return;
    const known = [...places.values()];
    look(); // new ones probe by themselves when they are open
    for (const place of known) if (places.get(keyOf(place.iface)) === place) probeOn(place);
  }

  const looking = setInterval(look, lookMs);
  const probing = setInterval(probe, probeEveryMs);
  look();

  return {
    probe,
    async stop() {
      stopped = true;
      clearInterval(looking);
      clearInterval(probing);
      for (const timer of timers) clearTimeout(timer);
      for (const place of places.values()) {
        shut(place.ask);
        shut(place.listen);
      }
      places.clear();
      await Promise.all(closing);
    },
  };
}

const keyOf = (iface: NetInterface): string => `${iface.family} ${iface.name} ${iface.address}`;
