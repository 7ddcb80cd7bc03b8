/** Who is calling, and from which page: decided in `onRequest`, before a byte of the body is read. */
/** The name in a `Host` header without its port; null for one that is none. */
export function hostName(header: string | undefined): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[^\s:/?#[\]@]+)(?::\d{1,5})?$/i.exec(header ?? '');
  return match?.[1]?.toLowerCase() ?? null;
}

export type Page = {
  method: string;
  /** A WebSocket handshake. */
  upgrade: boolean;
  /** Not a page or a file of the screen but `/api`, `/media`, `/rpc`. */
  data: boolean;
  host: string | undefined;
  origin: string | undefined;
  /** `Sec-Fetch-Site` and `Sec-Fetch-Mode` (W3C Fetch Metadata), which pages cannot forge. */
  fetchSite: string | undefined;
  fetchMode: string | undefined;
};

/**
 * Why a request must not be answered, or null. Programs that are no browser send neither `Origin` nor `Sec-Fetch-Site` and
 * pass: nobody can make them send somebody else's cookie.
 */
export function pageRefusal(page: Page, loopbackOnly: boolean): string | null {
  const name = hostName(page.host);
  if (name === null) return 'The Host header is missing or not usable.';
  // A name that an attacker's DNS points at 127.0.0.1 is not ours (DNS rebinding).
  if (loopbackOnly && name !== 'localhost' && name !== '127.0.0.1' && name !== '[::1]') {
    return 'This station answers to localhost and 127.0.0.1 only.';
  }
  const foreign = 'Another site may not do this.';
  const safe = (page.method === 'GET' || page.method === 'HEAD' || page.method === 'OPTIONS') && !page.upgrade;
  if (!safe && page.origin !== undefined) {
    if (!URL.canParse(page.origin) || new URL(page.origin).host !== (page.host ?? '').toLowerCase()) return foreign;
  }
  const ownPage = page.fetchSite === undefined || page.fetchSite === 'same-origin' || page.fetchSite === 'none';
  if (!ownPage) {
    const linkHere = safe && page.fetchMode === 'navigate' && !page.data;
    if (!linkHere) return foreign;
  }
  return null;
}

/** The token of an `Authorization: Bearer` header (RFC 6750 §2.1); null for none. */
export const bearerToken = (header: string | undefined): string | null =>
  /^Bearer +([A-Za-z0-9._~+/=-]{1,512})$/i.exec(header ?? '')?.[1] ?? null;

/** The value of one cookie (RFC 6265 §5.4); null if absent or sent twice, as a page of another port may plant a second one. */
export function cookieValue(header: string | undefined, name: string): string | null {
  const found = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`));
  return found.length === 1 ? (found[0]?.slice(name.length + 1) ?? null) : null;
}
