/** Messages of WS-Discovery in its draft of April 2005, which ONVIF stands on (ONVIF Core Specification §7). */
import type { Announced } from './device.ts';
import type { XmlElement } from './xml-read.ts';
import { childOf, pathOf, readXml, textOf, XmlError } from './xml-read.ts';
import type { Part, Xml } from './xml-write.ts';
import { el, joined } from './xml-write.ts';

const d = 'http://schemas.xmlsoap.org/ws/2005/04/discovery';
const a = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';
const dn = 'http://www.onvif.org/ver10/network/wsdl';
const tds = 'http://www.onvif.org/ver10/device/wsdl';
const everyone = 'urn:schemas-xmlsoap-org:ws:2005:04:discovery';

export type Asked = {
  kind: 'Probe' | 'Resolve';
  messageId: string;
  /** Probe: types as `{namespace}name`; empty: any. */
  types: string[];
  scopes: string[];
  /** Null: a rule that is not known, which nothing matches. */
  scopeRule: 'prefix' | 'exact' | null;
  /** Resolve: endpoint that is looked for. */
  endpoint: string;
};

/** Reads a Probe or Resolve; null for anything else, well-formed or not. */
export function readAsked(datagram: Uint8Array): Asked | null {
  if (datagram.length > 16_384) return null;
  let root: XmlElement;
  try {
    root = readXml(Buffer.from(datagram).toString('utf8'));
  } catch (error) {
    if (error instanceof XmlError) return null;
    throw error;
  }
  const body = childOf(root, 'Body')?.children[0];
  const messageId = pathOf(root, 'Header', 'MessageID')?.text ?? '';
  if (root.name !== 'Envelope' || body?.ns !== d || messageId === '' || messageId.length > 256) return null;
  const words = (name: string): string[] => (textOf(body, name) ?? '').split(/\s+/).filter((w) => w !== '');
  const type = (name: string): string => {
    const [prefix, local] = name.includes(':') ? name.split(':') : ['', name];
    return `{${childOf(body, 'Types')?.namespaceOf(prefix ?? '') ?? ''}}${local ?? ''}`;
  };
  const rule = childOf(body, 'Scopes')?.attributes.get('MatchBy');
  const scopeRule =
    rule === undefined || rule === `${d}/rfc2396` || rule === `${d}/rfc3986`
      ? 'prefix'
      : rule === `${d}/strcmp0`
        ? 'exact'
        : null;
  if (body.name === 'Probe')
    return {
      kind: 'Probe',
      messageId,
      types: words('Types').map(type),
      scopes: words('Scopes'),
      scopeRule,
      endpoint: '',
    };
  if (body.name !== 'Resolve') return null;
  const endpoint = pathOf(body, 'EndpointReference', 'Address')?.text ?? '';
  return { kind: 'Resolve', messageId, types: [], scopes: [], scopeRule: null, endpoint };
}

/** Scope matching by segments of the path (WS-Discovery §5.1: RFC 2396 rule). */
function scopeMatches(wanted: string, own: string, rule: Asked['scopeRule']): boolean {
  if (rule === 'exact') return wanted === own;
  if (rule !== 'prefix') return false;
  const parts = (uri: string): string[] => {
    const m = /^([a-z][a-z0-9+.-]*:\/\/[^/]*)(\/.*)?$/i.exec(uri);
    return m ? [(m[1] ?? '').toLowerCase(), ...(m[2] ?? '').split('/').filter((p) => p !== '')] : [uri];
  };
  const [w, o] = [parts(wanted), parts(own)];
  return w.every((segment, i) => segment === o[i]);
}

const ownTypes = [`{${dn}}NetworkVideoTransmitter`, `{${tds}}Device`];

/** Whether a device is meant by what was asked. */
export function isMeant(asked: Asked, device: Announced): boolean {
  if (asked.kind === 'Resolve') return asked.endpoint.toLowerCase() === `urn:uuid:${device.uuid}`;
  return (
    asked.types.every((t) => ownTypes.includes(t)) &&
    (asked.scopes.length === 0 ||
      (asked.scopeRule !== null &&
        asked.scopes.every((w) => device.scopes.some((own) => scopeMatches(w, own, asked.scopeRule)))))
  );
}

/** Place of a message among those of one start of the responder (§6: AppSequence). */
export type Sequence = { instance: number; number: number };

function envelope(action: string, messageId: string, sequence: Sequence, relatesTo: string | null, body: Xml): Buffer {
  const header = el(
    's:Header',
    el('a:MessageID', messageId),
    relatesTo !== null && el('a:RelatesTo', relatesTo),
    el('a:To', relatesTo === null ? everyone : `${a}/role/anonymous`),
    el('a:Action', `${d}/${action}`),
    el('d:AppSequence', { InstanceId: sequence.instance, MessageNumber: sequence.number }),
  );
  const names = {
    'xmlns:s': 'http://www.w3.org/2003/05/soap-envelope',
    'xmlns:a': a,
    'xmlns:d': d,
    'xmlns:dn': dn,
    'xmlns:tds': tds,
  };
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n${joined(el('s:Envelope', names, header, el('s:Body', body)))}`,
  );
}

const reference = (device: Announced): Xml => el('a:EndpointReference', el('a:Address', `urn:uuid:${device.uuid}`));

const description = (device: Announced, host: string): Part[] => [
  reference(device),
  el('d:Types', device.types),
  el('d:Scopes', device.scopes.join(' ')),
  el('d:XAddrs', `http://${host}:${device.port}${device.path}`),
  el('d:MetadataVersion', device.version),
];

export type Made = { messageId: string; sequence: Sequence };

/** The answer of one device to a Probe or Resolve. */
export function matchMessage(asked: Asked, device: Announced, host: string, { messageId, sequence }: Made): Buffer {
  const one = el(`d:${asked.kind}Match`, description(device, host));
  return envelope(`${asked.kind}Matches`, messageId, sequence, asked.messageId, el(`d:${asked.kind}Matches`, one));
}

export const helloMessage = (device: Announced, host: string, { messageId, sequence }: Made): Buffer =>
  envelope('Hello', messageId, sequence, null, el('d:Hello', description(device, host)));

export const byeMessage = (device: Announced, { messageId, sequence }: Made): Buffer =>
  envelope('Bye', messageId, sequence, null, el('d:Bye', reference(device)));
