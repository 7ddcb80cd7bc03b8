import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createDigest } from './digest.ts';

const hash = (algorithm: string, text: string): string =>
  createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(text)
    .digest('hex');

function setUp() {
  let now = 1000;
  const clock = { nowMs: () => now, nowUs: () => now * 1000, monoMs: () => now };
  const digest = createDigest({ clock, realm: 'yard', user: { username: 'u', password: 'p:"w' }, nonceMs: 5000 });
  return { digest, pass: (ms: number) => (now += ms) };
}

const nonceOf = (challenge: string | undefined): string => /nonce="([^"]+)"/.exec(challenge ?? '')?.[1] ?? '';

function prove(o: {
  algorithm: string;
  nonce: string;
  password?: string;
  username?: string;
  method?: string;
  qop?: boolean;
}): string {
  const { algorithm, nonce, password = 'p:"w', username = 'u', method = 'DESCRIBE', qop = true } = o;
  const ha1 = hash(algorithm, `${username}:yard:${password}`);
  const ha2 = hash(algorithm, `${method}:rtsp://x/main`);
  const response = hash(algorithm, qop ? `${ha1}:${nonce}:00000001:abc:auth:${ha2}` : `${ha1}:${nonce}:${ha2}`);
  const tail = qop ? ', qop=auth, nc=00000001, cnonce="abc"' : '';
  return `Digest username="${username}", realm="yard", nonce="${nonce}", uri="rtsp://x/main", algorithm=${algorithm}, response="${response}"${tail}`;
}

describe('digest', () => {
  it('offers SHA-256 and MD5, and takes either, with and without qop', () => {
    const { digest } = setUp();
    const offers = digest.refuse('DESCRIBE', undefined) ?? [];
    expect(offers.map((o) => /algorithm=([\w-]+)/.exec(o)?.[1])).toEqual(['SHA-256', 'MD5']);
    for (const [i, algorithm] of ['SHA-256', 'MD5'].entries()) {
      for (const qop of [true, false])
        expect(digest.refuse('DESCRIBE', prove({ algorithm, nonce: nonceOf(offers[i]), qop }))).toBeNull();
    }
  });

  it('refuses a wrong password, user, method or a nonce of its own making, and does not call that stale', () => {
    const { digest } = setUp();
    const nonce = nonceOf(digest.refuse('DESCRIBE', undefined)?.[0]);
    const wrong = [
      prove({ algorithm: 'MD5', nonce, password: 'x' }),
      prove({ algorithm: 'MD5', nonce, username: 'v' }),
      prove({ algorithm: 'MD5', nonce, method: 'PLAY' }),
      prove({ algorithm: 'MD5', nonce: `${nonce.split('.')[0] ?? ''}.forged` }),
      'Basic dTpw',
      'Digest ,,,',
    ];
    for (const header of wrong) expect(digest.refuse('DESCRIBE', header)?.join()).not.toMatch(/stale/);
  });

  it('calls an old nonce stale, and only then; the new one is good', () => {
    const { digest, pass } = setUp();
    const nonce = nonceOf(digest.refuse('DESCRIBE', undefined)?.[0]);
    pass(4999);
    expect(digest.refuse('DESCRIBE', prove({ algorithm: 'SHA-256', nonce }))).toBeNull();
    pass(2);
    const again = digest.refuse('DESCRIBE', prove({ algorithm: 'SHA-256', nonce }));
    expect(again?.[0]).toMatch(/stale=true/);
    expect(digest.refuse('DESCRIBE', prove({ algorithm: 'SHA-256', nonce: nonceOf(again?.[0]) }))).toBeNull();
    expect(digest.refuse('DESCRIBE', prove({ algorithm: 'SHA-256', nonce, password: 'x' }))?.join()).not.toMatch(
      /stale/,
    );
  });
});
