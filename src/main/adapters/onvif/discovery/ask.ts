/** Asks hosts one by one whether they are ONVIF devices: by unicast probe, and by HTTP where that stays silent. */
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from '#lib/clock.ts';
import type { FoundDevice } from '#domain/device.ts';
import { all, textAt } from '../element.ts';
import { operation } from '../envelope.ts';
import { endpointOf } from '../identity.ts';
import { createRefusals } from '../refusals.ts';
import { createSession, type Session } from '../session.ts';
import { optional, troubleOf } from '../trouble.ts';
import type { AskedHost } from './hosts.ts';
import { readDatagram, readScopes, writeProbe } from './message.ts';

/** Ports that makers use, the commonest first; 8899 and 2020 are those of cheap and of consumer cameras. */
const usualPorts = [80, 8080, 8000, 8899, 2020, 443, 5000, 81, 8081, 10080, 8443];
const rangePorts = [80, 2020, 8080, 8899, 8000, 443, 5000];
const hostsAtOnce = 96;
const udpMs = 1_200;
const httpMs = 2_500;

export async function askHosts(
  hosts: readonly AskedHost[],
  deps: { clock: Clock; port: number },
  found: (device: FoundDevice) => void,
  signal: AbortSignal,
): Promise<void> {
  const queue = [...hosts];
  const stopped = (): boolean => signal.aborted;
  const lane = async (): Promise<void> => {
    for (let host = queue.shift(); host && !stopped(); host = queue.shift()) {
      const devices = await askHost(host, deps, signal);
      if (!stopped()) devices.forEach(found);
    }
  };
  await Promise.all(Array.from({ length: Math.min(hostsAtOnce, hosts.length) }, lane));
}

async function askHost(
  asked: AskedHost,
  deps: { clock: Clock; port: number },
  signal: AbortSignal,
): Promise<FoundDevice[]> {
  const { host, port } = asked;
  const address = isIP(host) > 0 ? host : await addressOf(host);
  if (address === null) return [];
  // A typed port means that very device: several can live at one address.
  if (port === null) {
    const answers = await askByDatagram(address, deps, signal);
    if (answers.length > 0 || signal.aborted) return answers;
  }
  const ports = port !== null ? [port] : asked.ofRange ? rangePorts : usualPorts;
  let silent = 0;
  for (let i = 0; i < ports.length && !signal.aborted; i += 2) {
    const pair = ports.slice(i, i + 2);
    const results = await Promise.all(pair.map((p) => askByHttp(asked, p, deps.clock)));
    const devices = results.filter((r): r is FoundDevice => typeof r === 'object');
    if (devices.length > 0) return devices;
    // Nobody there at all: a host that is on refuses at once where nothing listens.
    silent += results.filter((r) => r === 'silent').length;
    if (asked.ofRange && silent >= 2) return [];
  }
  return [];
}

/** The device behind an address as it answers a probe; null where none answers that is surely this one. */
export async function discoverAt(url: URL, deps: { clock: Clock; port: number }): Promise<FoundDevice | null> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const address = isIP(host) > 0 ? host : await addressOf(host);
  if (address === null) return null;
  const answers = await askByDatagram(address, deps, new AbortController().signal);
  return answers.find((d) => d.urls.some((u) => new URL(u).port === url.port)) ?? null;
}

const addressOf = (host: string): Promise<string | null> =>
  lookup(host).then(
    (found) => found.address,
    () => null,
  );

/** Answers of one host to a probe sent to it alone. */
function askByDatagram(
  address: string,
  { clock, port }: { clock: Clock; port: number },
  signal: AbortSignal,
): Promise<FoundDevice[]> {
  return new Promise((resolve) => {
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
    const devices = new Map<string, FoundDevice>();
    const end = (): void => {
      clearTimeout(limit);
      clearTimeout(again);
      signal.removeEventListener('abort', end);
      try {
        socket.close();
      } catch {
        // closed by its error
      }
      resolve([...devices.values()]);
    };
    const send = (type: 'video-transmitter' | 'device'): void =>
      socket.send(writeProbe(type), port, address, () => undefined);
    let limit = setTimeout(end, udpMs);
    const again = setTimeout(() => send('device'), udpMs / 2);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) {
      end();
      return;
    }
    socket.on('error', end);
    socket.on('message', (bytes, info) => {
      const heard = readDatagram(bytes, info.address, clock.nowMs());
      if (heard.kind !== 'found') return;
      for (const device of heard.devices) devices.set(device.endpoint ?? device.url, device);
      clearTimeout(limit);
      limit = setTimeout(end, 150); // several devices may share the address
    });
    send('video-transmitter');
  });
}

const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** `silent`: no connection in time; `other`: something else, or nobody listens there. */
async function askByHttp(asked: AskedHost, port: number, clock: Clock): Promise<FoundDevice | 'silent' | 'other'> {
  const secure = asked.secure || port === 443 || port === 8443;
  const url = `${secure ? 'https' : 'http'}://${urlHost(asked.host)}:${port}${asked.path ?? ''}`;
  if (!URL.canParse(url)) return 'other';
  const session = createSession(
    { url, username: null, password: null, certificate: null },
    { clock, refusals: createRefusals(clock) },
  );
  const from = clock.monoMs();
  try {
    return await identify(session, clock);
  } catch (error) {
    const trouble = troubleOf(error);
    const waited = clock.monoMs() - from > httpMs * 0.8;
    return (trouble === 'unreachable' || trouble === 'timeout') && waited ? 'silent' : 'other';
  } finally {
    session.close();
  }
}

async function identify(session: Session, clock: Clock): Promise<FoundDevice> {
  const options = { timeoutMs: httpMs, anonymous: true };
  const ask = (name: string) => session.post(session.base(), operation('device', name), options);
  try {
    await ask('GetSystemDateAndTime');
  } catch (error) {
    // Any SOAP answer will do: some devices want a password even for the time.
    const trouble = troubleOf(error);
    if (trouble !== 'credentials-missing' && trouble !== 'refused' && trouble !== 'unsupported') throw error;
  }
  const unknown = async <T>(work: Promise<T>): Promise<T | null> => optional(work, null).catch(() => null); // it has shown that it is a device; more is a bonus
  const endpoint = await unknown(ask('GetEndpointReference').then((r) => endpointOf(textAt(r, 'GUID'))));
  const scopes = await unknown(ask('GetScopes').then((r) => all(r, 'Scopes').map((s) => textAt(s, 'ScopeItem') ?? '')));
  const url = session.base();
  return {
    url: url.href,
    urls: [url.href],
    endpoint,
    ...readScopes(scopes ?? []),
    address: url.hostname.replace(/^\[|\]$/g, ''),
    seenMs: clock.nowMs(),
  };
}
