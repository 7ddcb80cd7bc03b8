import type { SessionDoor } from '#contract/call.ts';

const longestS = 7 * 86_400;

/**
 * Name of the session's cookie. Cookies are shared by all ports of a host, so the port is part of it; under TLS the `__Host-`
 * prefix ties it to this host and to TLS (RFC 6265bis §4.1.3.2).
 */
export const cookieName = (tls: boolean, port: number): string => `${tls ? '__Host-' : ''}vigie-${port}`;

/** A program that asks so gets its token in the header `X-Vigie-Token` and no cookie. */
export const tokenWanted = (header: string | string[] | undefined): boolean => header === 'token';

/** Where a new session's token goes on this answer. */
export function sessionDoor(options: {
  name: string;
  tls: boolean;
  asToken: boolean;
  header(name: string, value: string): void;
}): SessionDoor {
  const { name, tls, asToken, header } = options;
  const attributes = `Path=/; HttpOnly; SameSite=Strict${tls ? '; Secure' : ''}`;
  return {
    open(token) {
      if (asToken) header('x-vigie-token', token);
      // The session's own end slides on the station; the cookie only has to outlive it.
      else header('set-cookie', `${name}=${token}; ${attributes}; Max-Age=${longestS}`);
    },
    close() {
      if (!asToken) header('set-cookie', `${name}=; ${attributes}; Max-Age=0`);
    },
  };
}
