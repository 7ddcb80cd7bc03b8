/** WS-Security UsernameToken with a password digest (OASIS WSS UsernameToken Profile 1.0 §3.1; ONVIF Core §5.9.4). */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readTime } from './xsd-time.ts';
import type { XmlElement } from './xml-read.ts';
import { pathOf, textOf } from './xml-read.ts';

const keptNonces = 2_000;

export type TokenVerdict = 'absent' | 'proven' | 'refused';

/**
 * `nowMs`: the device's own clock, wrong or not: tokens further than `windowMs` from it are refused, as are nonces seen before.
 */
export function createTokenCheck(options: {
  user: { username: string; password: string };
  nowMs: () => number;
  windowMs?: number;
}): (header: XmlElement | undefined) => TokenVerdict {
  const { user, nowMs, windowMs = 300_000 } = options;
  const seen = new Set<string>();
  return (header) => {
    const token = pathOf(header, 'Security', 'UsernameToken');
    if (!token) return 'absent';
    const created = textOf(token, 'Created') ?? '';
    const nonce = textOf(token, 'Nonce') ?? '';
    const createdMs = readTime(created);
    if (textOf(token, 'Username') !== user.username || createdMs === null || nonce.length > 256) return 'refused';
    if (Math.abs(createdMs - nowMs()) > windowMs) return 'refused';
    const expected = createHash('sha1')
      .update(Buffer.from(nonce, 'base64'))
      .update(created)
      .update(user.password)
      .digest();
    const given = Buffer.from(textOf(token, 'Password') ?? '', 'base64');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'refused';
    const key = `${nonce} ${created}`;
    if (seen.has(key)) return 'refused';
    seen.add(key);
    if (seen.size > keptNonces) for (const old of [...seen].slice(0, keptNonces / 2)) seen.delete(old);
    return 'proven';
  };
}
