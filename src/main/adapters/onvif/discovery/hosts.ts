/** Hosts as a person types them: names, addresses, ranges. Pure. */
import { isIPv4, isIPv6 } from 'node:net';
import { invalid as invalidField, type AppError } from '#contract/error.ts';

export type AskedHost = {
  host: string;
  /** Typed with the host; null: the usual ones are tried. */
  port: number | null;
  secure: boolean;
  /** Typed with the host. */
  path: string | null;
  /** One of a range: less is tried. */
  ofRange: boolean;
};

export const mostHosts = 1024;

/** Throws `INVALID` with a sentence for what is no host, and for more than 1024 of them. */
export function expandHosts(typed: readonly string[]): AskedHost[] {
  const out = new Map<string, AskedHost>();
  for (const line of typed)
    for (const text of line.split(/[\s,;]+/).filter((t) => t !== ''))
      for (const one of expand(text)) {
        out.set(`${one.host}|${one.port ?? ''}|${one.path ?? ''}`, one);
        if (out.size > mostHosts) throw tooMany(`These are more than ${mostHosts} addresses. Ask for fewer at a time.`);
      }
  return [...out.values()];
}

const invalid = (message: string): AppError => invalidField('hosts', 'form', message);
const tooMany = (message: string): AppError => invalidField('hosts', 'count', message, { most: mostHosts });

function expand(text: string): AskedHost[] {
  const plain = (host: string, more: Partial<AskedHost> = {}): AskedHost => ({
    host,
    port: null,
    secure: false,
    path: null,
    ofRange: false,
    ...more,
  });
  if (/^https?:\/\//i.test(text)) {
    if (!URL.canParse(text)) throw invalid(`${text.slice(0, 100)} is no address.`);
    const url = new URL(text);
    const secure = url.protocol === 'https:';
    return [
      plain(url.hostname.replace(/^\[|\]$/g, ''), {
        port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
        secure,
        path: url.pathname === '/' ? null : url.pathname + url.search,
      }),
    ];
  }
  const cidr = /^(\d+\.\d+\.\d+\.\d+)\/(\d{1,2})$/.exec(text);
  if (cidr) {
    const bits = Number(cidr[2]);
    const base = numberOf(cidr[1] ?? '');
    if (base === null || bits > 32) throw invalid(`${text} is no range of addresses.`);
    const size = 2 ** (32 - bits);
    const first = Math.floor(base / size) * size;
    // The network's own address and its broadcast address belong to nobody (RFC 3021: /31 and /32 have none).
    return span(bits >= 31 ? first : first + 1, bits >= 31 ? first + size - 1 : first + size - 2, text);
  }
  const range = /^(\d+\.\d+\.\d+)\.(\d+)-(?:(\d{1,3})|(\d+\.\d+\.\d+\.\d+))$/.exec(text);
  if (range) {
    const from = numberOf(`${range[1]}.${range[2]}`);
    const to = numberOf(range[4] ?? `${range[1]}.${range[3]}`);
    if (from === null || to === null || to < from) throw invalid(`${text} is no range of addresses.`);
    return span(from, to, text);
  }
  const bracketed = /^\[([0-9a-f:.%\w]+)\](?::(\d{1,5}))?$/i.exec(text);
  if (bracketed && isIPv6(bracketed[1] ?? '')) return [plain(bracketed[1] ?? '', { port: portOf(bracketed[2], text) })];
  if (isIPv6(text)) return [plain(text)];
  const named = /^([a-z0-9](?:[a-z0-9._-]{0,252}))(?::(\d{1,5}))?$/i.exec(text);
  const host = named?.[1] ?? '';
  if (!named || (/^[\d.]+$/.test(host) && !isIPv4(host))) throw invalid(`${text.slice(0, 100)} is no address.`);
  const port = portOf(named[2], text);
  return [plain(host, { port, secure: port === 443 })];
}

function portOf(text: string | undefined, whole: string): number | null {
  if (text === undefined) return null;
  const port = Number(text);
  if (port < 1 || port > 65_535) throw invalid(`${whole.slice(0, 100)} has a port that does not exist.`);
  return port;
}

function span(from: number, to: number, text: string): AskedHost[] {
  if (to - from >= mostHosts) throw tooMany(`${text} holds more than ${mostHosts} addresses. Ask for fewer at a time.`);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => ({
    host: [24, 16, 8, 0].map((shift) => Math.floor((from + i) / 2 ** shift) % 256).join('.'),
    port: null,
    secure: false,
    path: null,
    ofRange: true,
  }));
}

function numberOf(address: string): number | null {
  if (!isIPv4(address)) return null;
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
