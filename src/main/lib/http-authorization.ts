/** Basic (RFC 7617) and Digest (RFC 7616, with RFC 2617 and 2069 servers understood) access authentication for HTTP and RTSP. */
import { createHash, randomBytes } from 'node:crypto';

export type Challenge =
  | { scheme: 'basic'; realm: string }
  | {
      scheme: 'digest';
      realm: string;
      nonce: string;
      opaque: string | null;
      algorithm: 'MD5' | 'SHA-256' | 'SHA-512-256';
      session: boolean;
      qop: boolean;
      stale: boolean;
    };

const strength = (c: Challenge): number =>
  c.scheme === 'basic' ? 0 : c.algorithm === 'MD5' ? 1 : c.algorithm === 'SHA-256' ? 2 : 3;

/** Splits one WWW-Authenticate value, which may hold several challenges, into schemes and their parameters. */
function readChallenges(value: string): { scheme: string; params: Map<string, string> }[] {
  const out: { scheme: string; params: Map<string, string> }[] = [];
  const token = /\s*,?\s*(?:([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([A-Za-z][\w-]*)(?=\s|$))/y;
  const text = value.slice(0, 8192);
  while (token.lastIndex < text.length) {
    const m = token.exec(text);
    if (!m || m[0] === '') break;
    if (m[4] !== undefined) out.push({ scheme: m[4].toLowerCase(), params: new Map() });
    else out.at(-1)?.params.set((m[1] ?? '').toLowerCase(), m[2]?.replace(/\\(.)/g, '$1') ?? m[3] ?? '');
  }
  return out;
}

/** The strongest challenge that can be answered; null if there is none. */
export function pickChallenge(values: readonly string[]): Challenge | null {
  let best: Challenge | null = null;
  for (const { scheme, params } of values.flatMap(readChallenges)) {
    let found: Challenge | null = null;
    if (scheme === 'basic') found = { scheme: 'basic', realm: params.get('realm') ?? '' };
    if (scheme === 'digest') {
      const named = (params.get('algorithm') ?? 'MD5').toUpperCase();
      const session = named.endsWith('-SESS');
      const plain = session ? named.slice(0, -5) : named;
      const algorithm = plain === 'MD5' || plain === 'SHA-256' || plain === 'SHA-512-256' ? plain : null;
      const qop =
        params
          .get('qop')
          ?.toLowerCase()
          .split(/[\s,]+/) ?? null;
      const nonce = params.get('nonce');
      // auth-int alone cannot be answered
      if (algorithm !== null && nonce !== undefined && (qop === null || qop.includes('auth') || qop.join('') === ''))
        found = {
          scheme: 'digest',
          realm: params.get('realm') ?? '',
          nonce,
          opaque: params.get('opaque') ?? null,
          algorithm,
          session,
          qop: qop?.includes('auth') ?? false,
          stale: params.get('stale')?.toLowerCase() === 'true',
        };
    }
    if (found && (best === null || strength(found) > strength(best))) best = found;
  }
  return best;
}

const hashName = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;
const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&').replace(/[\r\n]/g, '')}"`;

/** Answers challenges for one user; counts uses of a nonce. `cnonce` is given in tests only. */
export function createAuthorization(
  username: string,
  password: string,
  cnonce = (): string => randomBytes(12).toString('hex'),
): {
  use(challenge: Challenge): void;
  current(): Challenge | null;
  /** The Authorization header for a request; null while there is no challenge. */
  header(method: string, uri: string): string | null;
} {
  let challenge: Challenge | null = null;
  let uses = 0;
  let sessionNonce = '';
  return {
    current: () => challenge,
    use(next) {
      challenge = next;
      uses = 0;
      sessionNonce = cnonce();
    },
    header(method, uri) {
      const c = challenge;
      if (c === null) return null;
      if (c.scheme === 'basic') return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
      const hash = (text: string): string => createHash(hashName[c.algorithm]).update(text, 'utf8').digest('hex');
      uses++;
      const nc = uses.toString(16).padStart(8, '0');
      const client = c.session ? sessionNonce : cnonce();
      let ha1 = hash(`${username}:${c.realm}:${password}`);
      if (c.session) ha1 = hash(`${ha1}:${c.nonce}:${client}`);
      const ha2 = hash(`${method}:${uri}`);
      const response = hash(c.qop ? `${ha1}:${c.nonce}:${nc}:${client}:auth:${ha2}` : `${ha1}:${c.nonce}:${ha2}`);
      const parts = [
        `username=${quote(username)}`,
        `realm=${quote(c.realm)}`,
        `nonce=${quote(c.nonce)}`,
        `uri=${quote(uri)}`,
        `response="${response}"`,
      ];
      // RFC 2069 servers know no algorithm parameter: it is sent only where it is not the default
      if (c.algorithm !== 'MD5' || c.session) parts.push(`algorithm=${c.algorithm}${c.session ? '-sess' : ''}`);
      if (c.opaque !== null) parts.push(`opaque=${quote(c.opaque)}`);
      if (c.qop) parts.push('qop=auth', `nc=${nc}`, `cnonce=${quote(client)}`);
      else if (c.session) parts.push(`cnonce=${quote(client)}`);
      return `Digest ${parts.join(', ')}`;
    },
  };
}
