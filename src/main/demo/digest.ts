/** Digest access authentication, the server's half (RFC 7616; RFC 2617 and 2069 for clients that send no qop). */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#lib/clock.ts';

export type DigestUser = { username: string; password: string };
export type DigestAlgorithm = 'MD5' | 'SHA-256';

const nodeName = { MD5: 'md5', 'SHA-256': 'sha256' } as const;

function parameters(text: string): Map<string, string> {
  const out = new Map<string, string>();
  for (const m of text.matchAll(/([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi)) {
    out.set((m[1] ?? '').toLowerCase(), m[2]?.replace(/\\(.)/g, '$1') ?? m[3] ?? '');
  }
  return out;
}

/**
 * Nonces carry the time they were made, sealed by a key of this server, so that none needs to be kept; one older than
 * `nonceMs` is stale and the client is told so.
 */
export function createDigest(options: {
  clock: Clock;
  realm: string;
  user: DigestUser;
  algorithms?: DigestAlgorithm[];
  nonceMs?: number;
}): {
  /** Null when the header proves the password; otherwise the values of `WWW-Authenticate` to answer 401 with. */
  refuse(method: string, authorization: string | undefined): string[] | null;
} {
  const { clock, realm, user, algorithms = ['SHA-256', 'MD5'], nonceMs = 120_000 } = options;
  const key = randomBytes(32);

  const nonceAt = (ms: number): string => {
    const time = Math.floor(ms).toString(36);
    return `${time}.${createHmac('sha256', key).update(time).digest('base64url').slice(0, 22)}`;
  };
  const ageOf = (nonce: string): number | null => {
    const made = Number.parseInt(nonce.split('.')[0] ?? '', 36);
    return Number.isFinite(made) && nonceAt(made) === nonce ? clock.monoMs() - made : null;
  };
  const challenge = (stale: boolean): string[] =>
    algorithms.map(
      (algorithm) =>
        `Digest realm="${realm}", nonce="${nonceAt(clock.monoMs())}", algorithm=${algorithm}, qop="auth"${stale ? ', stale=true' : ''}`,
    );

  return {
    refuse(method, authorization) {
      if (!authorization || !/^digest\s/i.test(authorization)) return challenge(false);
      const p = parameters(authorization.slice(7));
      const algorithm = algorithms.find((a) => a === (p.get('algorithm') ?? 'MD5').toUpperCase());
      const age = ageOf(p.get('nonce') ?? '');
      if (!algorithm || age === null || p.get('username') !== user.username || p.get('realm') !== realm)
        return challenge(false);
      const hash = (text: string): string => createHash(nodeName[algorithm]).update(text).digest('hex');
      const ha1 = hash(`${user.username}:${realm}:${user.password}`);
      const ha2 = hash(`${method}:${p.get('uri') ?? ''}`);
      const nonce = p.get('nonce') ?? '';
      const expected =
        p.get('qop') === 'auth'
          ? hash(`${ha1}:${nonce}:${p.get('nc') ?? ''}:${p.get('cnonce') ?? ''}:auth:${ha2}`)
          : hash(`${ha1}:${nonce}:${ha2}`);
      const given = Buffer.from((p.get('response') ?? '').toLowerCase());
      const proven = given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
      if (!proven) return challenge(false);
      return age > nonceMs ? challenge(true) : null;
    },
  };
}
