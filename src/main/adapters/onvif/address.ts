/**
 * Addresses as devices give them: of other interfaces, from behind NAT, 0.0.0.0, the wrong port or scheme. The host that
 * answered is the one that is trusted; nothing is ever sent to another.
 */
import { isLoopback } from '#lib/loopback.ts';

const plainHost = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase();

/** The device service of an address that a person typed: a bare host gets the usual path (ONVIF Core §5.1.2). */
export function deviceServiceUrl(typed: string): URL {
  const url = new URL(typed);
  url.username = '';
  url.password = '';
  url.hash = '';
  if (url.pathname === '/' || url.pathname === '') url.pathname = '/onvif/device_service';
  return url;
}

/**
 * Where to ask for a service that gave `told` as its address, best first. Same host: as told, then at the port that answered
 * before. Another host, or https given up for http: only at the origin that answered.
 */
export function candidates(told: string, answered: URL): URL[] {
  const given = parsed(told, answered);
  if (given === null) return [];
  const here = new URL(answered.origin);
  here.pathname = given.pathname;
  here.search = given.search;
  const sameHost = plainHost(given.hostname) === plainHost(answered.hostname);
  const downgrade = answered.protocol === 'https:' && given.protocol === 'http:';
  if (!sameHost || downgrade) return [here];
  if (given.origin === answered.origin) return [given];
  return given.protocol === answered.protocol ? [given, here] : [here, given];
}

function parsed(text: string, base: URL): URL | null {
  const trimmed = text.trim().slice(0, 2048);
  if (!URL.canParse(trimmed, base.href)) return null;
  const url = new URL(trimmed, base.href);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  url.username = '';
  url.password = '';
  url.hash = '';
  return url;
}

/** Addresses that can only mean the device itself. */
function meansItself(host: string, answered: URL): boolean {
  const plain = plainHost(host);
  if (plain === '' || plain === '0.0.0.0' || plain === '::') return true;
  return isLoopback(plain) && !isLoopback(plainHost(answered.hostname));
}

/**
 * A stream or snapshot address without user and password. A host that can only mean the device itself (0.0.0.0, localhost) is
 * replaced; any other stays as it is, foreign or not: whether to trust it is asked elsewhere. Null for what is no address.
 */
export function mediaUrl(told: string | null, answered: URL): string | null {
  if (told === null) return null;
  // rtsp: is no special scheme for URL: taken apart by hand, so that what makers put behind the host stays byte for byte
  const parts = /^(rtsps?|rtspu|https?):\/\/([^/?#]*)(.*)$/is.exec(told.trim().slice(0, 2048));
  if (!parts) return null;
  const authority = (parts[2] ?? '').slice((parts[2] ?? '').lastIndexOf('@') + 1);
  const split = /^(\[[^\]]*\]|[^:]*)(:\d{1,5})?$/.exec(authority);
  if (!split) return null;
  const host = meansItself(split[1] ?? '', answered) ? answered.hostname : (split[1] ?? '');
  const url = `${(parts[1] ?? '').toLowerCase()}://${host}${split[2] ?? ''}${parts[3] ?? ''}`;
  return /[\s\u0000-\u001f\u007f]/.test(url) || !URL.canParse(url) ? null : url;
}

/** Whether an address leads to the device itself. */
export const isSameHost = (a: URL, b: URL): boolean => plainHost(a.hostname) === plainHost(b.hostname);
