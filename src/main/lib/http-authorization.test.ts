import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAuthorization, pickChallenge } from './http-authorization.ts';

const answer = (
  challenge: string[],
  user: string,
  password: string,
  cnonce: string,
  method: string,
  uri: string,
): string => {
  const authorization = createAuthorization(user, password, () => cnonce);
  const picked = pickChallenge(challenge);
  if (picked === null) throw new Error('no challenge picked');
  authorization.use(picked);
  return authorization.header(method, uri) ?? '';
};

// The examples of RFC 7616 §3.9.1, whose method and address are those of HTTP.
const rfc7616 = (algorithm: string): string =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';

test('Digest with SHA-256 and MD5 answers as in RFC 7616', () => {
  expect(answer([rfc7616('SHA-256')], 'Mufasa', 'Circle of Life', cnonce, 'GET', '/dir/index.html')).toContain(
    'response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"',
  );
  expect(answer([rfc7616('MD5')], 'Mufasa', 'Circle of Life', cnonce, 'GET', '/dir/index.html')).toContain(
    'response="8ca523f5e9506fed4657c9700eebdbec"',
  );
});

test('Digest without qop answers as in RFC 2069 (corrected example of RFC 2617 errata)', () => {
  const header = answer(
    [
      'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    ],
    'Mufasa',
    'CircleOfLife',
    'x',
    'GET',
    '/dir/index.html',
  );
  expect(header).toContain('response="1949323746fe6a43ef61f9606e7febea"');
  expect(header).not.toContain('qop');
  expect(header).toContain('opaque="5ccc069c403ebaf9f0171e9517f40e41"');
});

test('the strongest way is picked, from one header or several', () => {
  expect(pickChallenge(['Basic realm="a"', rfc7616('MD5'), rfc7616('SHA-256')])).toMatchObject({
    algorithm: 'SHA-256',
  });
  expect(pickChallenge([`${rfc7616('MD5')}, Basic realm="x"`])).toMatchObject({ scheme: 'digest', algorithm: 'MD5' });
  expect(pickChallenge(['Basic realm="x, y", Digest realm="q", nonce=abc, stale=TRUE'])).toMatchObject({
    scheme: 'digest',
    nonce: 'abc',
    stale: true,
  });
  expect(pickChallenge(['Digest realm="q", nonce="n", algorithm=SHA-999', 'Basic realm="b"'])).toMatchObject({
    scheme: 'basic',
  });
  expect(pickChallenge(['Negotiate'])).toBeNull();
  expect(pickChallenge(['Digest realm="q", nonce="n", qop="auth-int"'])).toBeNull();
});

test('uses of a nonce are counted, and Basic is base64 of UTF-8', () => {
  const authorization = createAuthorization('user', 'pässword');
  const digest = pickChallenge([rfc7616('MD5')]);
  if (digest) authorization.use(digest);
  expect(authorization.header('A', 'u')).toContain('nc=00000001');
  expect(authorization.header('A', 'u')).toContain('nc=00000002');
  authorization.use({ scheme: 'basic', realm: '' });
  expect(authorization.header('A', 'u')).toBe(`Basic ${Buffer.from('user:pässword').toString('base64')}`);
});

test('a password with quotes and line ends cannot break out of the header', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (user, password) => {
      const header = answer(['Digest realm="r", nonce="n"'], user, password, 'c', 'DESCRIBE', 'rtsp://h/');
      expect(header).not.toMatch(/[\r\n]/);
    }),
  );
});

test('any header is read without an exception, in time', () => {
  fc.assert(fc.property(fc.array(fc.string({ maxLength: 400 })), (values) => void pickChallenge(values)));
  pickChallenge([`Digest ${'a="\\'.repeat(100_000)}`]);
  pickChallenge([`Digest ${' ,'.repeat(100_000)}`]);
});
