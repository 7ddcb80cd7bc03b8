/**
 * WS-Discovery messages (WS-Discovery 2005/04 as ONVIF Core §7 wants it; answers of 1.1 are understood too). What comes in is
 * from anybody on the network.
 */
import { randomUUID } from 'node:crypto';
import type { FoundDevice } from '#domain/device.ts';
import { DeviceUrl } from '#domain/device.ts';
import { isLoopback } from '#lib/loopback.ts';
import { all, at, textAt, type Element } from '../element.ts';
import { endpointOf, macOf } from '../identity.ts';
import { readXml } from '../read-xml.ts';
import { xml } from '../write-xml.ts';

export type ProbeType = 'video-transmitter' | 'device';

const discovery = 'http://schemas.xmlsoap.org/ws/2005/04/discovery';
const addressing = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';

export function writeProbe(type: ProbeType): Buffer {
  const types =
    type === 'device'
      ? xml`<d:Types xmlns:tds="http://www.onvif.org/ver10/device/wsdl">tds:Device</d:Types>`
      : xml`<d:Types xmlns:dn="http://www.onvif.org/ver10/network/wsdl">dn:NetworkVideoTransmitter</d:Types>`;
  const whole = xml`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="${addressing}" xmlns:d="${discovery}"><s:Header><a:Action s:mustUnderstand="1">${discovery}/Probe</a:Action><a:MessageID>urn:uuid:${randomUUID()}</a:MessageID><a:ReplyTo><a:Address>${addressing}/role/anonymous</a:Address></a:ReplyTo><a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header><s:Body><d:Probe>${types}</d:Probe></s:Body></s:Envelope>`;
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${whole.xml}`);
}

export type Heard =
  | { kind: 'found'; devices: FoundDevice[] }
  /** A Hello without addresses: worth a question of its own. */
  | { kind: 'ask' }
  | { kind: 'gone'; endpoint: string }
  | { kind: 'nothing' };

const nothing: Heard = { kind: 'nothing' };
const mostBytes = 32_768;

/** Reads a datagram from `from`; never throws. `own`: that is an address of this machine. */
export function readDatagram(bytes: Uint8Array, from: string, seenMs: number, own = false): Heard {
  if (bytes.length < 64 || bytes.length > mostBytes) return nothing;
  let root: Element;
  try {
    root = readXml(bytes);
  } catch {
    return nothing;
  }
  const body = at(root, 'Body');
  const bye = at(body, 'Bye');
  if (bye) {
    const endpoint = endpointOf(textAt(bye, 'EndpointReference', 'Address'));
    return endpoint === null ? nothing : { kind: 'gone', endpoint };
  }
  const matches = [...all(at(body, 'ProbeMatches'), 'ProbeMatch'), ...all(at(body, 'ResolveMatches'), 'ResolveMatch')];
  const hello = at(body, 'Hello');
  if (hello) {
    if (!isOnvif(hello)) return nothing;
    if (textAt(hello, 'XAddrs') === null) return { kind: 'ask' };
    matches.push(hello);
  }
  const devices = matches
    .slice(0, 16)
    .filter(isOnvif)
    .map((match) => readMatch(match, from, seenMs, own))
    .filter((d) => d !== null);
  return devices.length === 0 ? nothing : { kind: 'found', devices };
}

/** Printers and PCs answer WS-Discovery as well. */
function isOnvif(match: Element): boolean {
  const types = textAt(match, 'Types') ?? '';
  return /NetworkVideo|\btds:Device\b/.test(types) || /onvif:\/\//i.test(textAt(match, 'Scopes') ?? '');
}

function readMatch(match: Element, from: string, seenMs: number, own: boolean): FoundDevice | null {
  const urls = pickUrls((textAt(match, 'XAddrs') ?? '').split(/\s+/), from, own);
  const [url] = urls;
  if (url === undefined) return null;
  return {
    url,
    urls,
    endpoint: endpointOf(textAt(match, 'EndpointReference', 'Address')),
    ...readScopes((textAt(match, 'Scopes') ?? '').split(/\s+/)),
    address: new URL(url).hostname.replace(/^\[|\]$/g, '').slice(0, 256),
    seenMs,
  };
}

/**
 * The addresses of a device, best first: the one that it answered from, then IPv4, then the rest; those that only the device
 * itself could use (loopback, unspecified) get the host that answered. `own`: it answered from this machine, where loopback
 * is as good an address as any and may be its only one.
 */
export function pickUrls(told: readonly string[], from: string, own = false): string[] {
  const zoned = from.includes('%') || /^fe80:/i.test(from);
  const fromHost = from.includes(':') ? `[${from}]` : from;
  const plain = told.slice(0, 16).flatMap((text) => {
    if (!URL.canParse(text)) return [];
    const url = new URL(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return [];
    url.username = '';
    url.password = '';
    url.hash = '';
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const useless = host === '0.0.0.0' || host === '::' || (isLoopback(host) && !isLoopback(from) && !own);
    if (useless) {
      if (zoned) return [];
      url.hostname = fromHost;
    }
    return [url];
  });
  const same = (url: URL): boolean => url.hostname === fromHost.toLowerCase();
  // No address that it answered from: it is behind NAT or has several interfaces; the way it came is known to work.
  const [first] = plain;
  if (first && !own && !plain.some(same) && !zoned && !from.includes(':')) {
    const near = new URL(first.href);
    near.hostname = fromHost;
    plain.unshift(near);
  }
  const rank = (url: URL): number =>
    same(url) && !url.hostname.startsWith('[')
      ? 0
      : /^169\.254\./.test(url.hostname)
        ? 3
        : url.hostname.startsWith('[')
          ? 2
          : 1;
  return [...new Set(plain.toSorted((a, b) => rank(a) - rank(b)).map((url) => url.href))]
    .filter((url) => DeviceUrl.safeParse(url).success)
    .slice(0, 16);
}

/** What scopes tell (ONVIF Core §7.3.3): `onvif://www.onvif.org/<what>/<value>`, percent-encoded. */
export function readScopes(
  scopes: readonly string[],
): Pick<FoundDevice, 'name' | 'maker' | 'model' | 'location' | 'macs'> {
  const values = new Map<string, string[]>();
  for (const scope of scopes.slice(0, 128)) {
    const m = /^onvif:\/\/[^/]*\/([^/]+)\/(.+)$/i.exec(scope.slice(0, 500));
    if (!m) continue;
    const key = (m[1] ?? '').toLowerCase();
    const value = decoded(m[2] ?? '')
      .replace(/[\u0000-\u001f\u007f]+/g, ' ')
      .trim();
    if (value !== '') values.set(key, [...(values.get(key) ?? []), value]);
  }
  const first = (...keys: string[]): string | null => {
    for (const key of keys) {
      const value = values.get(key)?.[0];
      if (value !== undefined) return value.slice(0, 200);
    }
    return null;
  };
  const location = (values.get('location') ?? [])
    .map((l) => l.replace(/^(country|city|building|floor|room)\//i, '').replace(/\/+$/, ''))
    .filter((l) => l !== '' && !/^(unknow?n?|none|country|city)$/i.test(l));
  const macs = (values.get('mac') ?? []).map(macOf).filter((mac) => mac !== null);
  return {
    name: first('name'),
    maker: first('manufacturer', 'maker', 'brand', 'vendor'),
    model: first('hardware', 'model'),
    location: location.length === 0 ? null : [...new Set(location)].join(', ').slice(0, 200),
    macs: [...new Set(macs)].slice(0, 16),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign that is only that
  }
}
