/** RTSP addresses, kept byte for byte as makers write them (a general URL parser would re-encode them). */
import { StreamFault } from '../fault.ts';

export type RtspAddress = {
  tls: boolean;
  /** Without brackets. */
  host: string;
  port: number;
  /** What is asked for: scheme, host, port and path, never a user or password. */
  uri: string;
};

/** Reads an address; a user and password in it are dropped (they are given apart). Throws `StreamFault`. */
export function parseAddress(text: string): RtspAddress {
  const m =
    /^(rtsps?|rtspt|rtspu):\/\/(?:[^/?#@]*@)?(\[[0-9a-f:.]+(?:%[\w.-]+)?\]|[^\s/?#:[\]@]+)(?::(\d{1,5}))?([/?][^\s]*)?$/i.exec(
      text.trim(),
    );
  const port = m?.[3] === undefined ? null : Number(m[3]);
  if (!m || (port !== null && (port < 1 || port > 65_535)))
    throw new StreamFault('protocol', 'This is not a usable RTSP address.');
  const tls = (m[1] ?? '').toLowerCase() === 'rtsps';
  const bracketed = m[2] ?? '';
  const path = m[4] ?? '/';
  return {
    tls,
    host: bracketed.replace(/^\[|\]$/g, ''),
    port: port ?? (tls ? 322 : 554),
    uri: `${tls ? 'rtsps' : 'rtsp'}://${bracketed.replace(/%[\w.-]+\]$/, ']')}${port === null ? '' : `:${port}`}${path.startsWith('?') ? '/' : ''}${path}`,
  };
}

/** host:port for a sentence. */
export const hostPort = (a: RtspAddress): string => `${a.host.includes(':') ? `[${a.host}]` : a.host}:${a.port}`;

/** Removes `user:password@` from whatever contains addresses. */
export const withoutCredentials = (text: string): string => text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/gi, '$1');

const isAbsolute = (uri: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(uri);

/** The base of control addresses (RFC 2326 §C.1.1): Content-Base, else Content-Location, else the address asked for. */
export function controlBase(asked: string, contentBase: string | null, contentLocation: string | null): string {
  for (const given of [contentBase, contentLocation]) {
    const value = withoutCredentials((given ?? '').trim());
    if (value === '' || value === '*' || /\s/.test(value)) continue;
    if (isAbsolute(value)) return value;
    const root = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(asked)?.[0] ?? asked;
    return value.startsWith('/') ? root + value : `${root}/${value}`;
  }
  return asked;
}

/**
 * The address of a `control` attribute. Relative ones are appended to the base as all clients in the field do (RFC 2326
 * asks for RFC 1808 resolution, but cameras are made against clients that append).
 */
export function resolveControl(base: string, control: string | null): string {
  const value = withoutCredentials((control ?? '').trim());
  if (value === '' || value === '*') return base;
  if (isAbsolute(value)) return value;
  if (base.endsWith('/') && value.startsWith('/')) return base + value.slice(1);
  return base.endsWith('/') || value.startsWith('/') || value.startsWith('?') ? base + value : `${base}/${value}`;
}
