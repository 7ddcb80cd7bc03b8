import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, describe, expect, test } from 'vitest';
import { tempFolder } from '../../../tests/support/temp.ts';
import { openCertificate } from '../../../tests/support/certificate.ts';
import { askCertificate, createPins, fromChromium, judge } from './fingerprint.ts';

const temp = tempFolder('vigie-pins-');
afterAll(() => temp.remove());

describe('certificate of another station', () => {
  test('is asked for and shown as the station shows it', async () => {
    const { key, cert } = await openCertificate();
    const server = createServer({ key, cert }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const shown = await askCertificate(new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`));
    server.close();
    expect(shown.fingerprint).toBe(new X509Certificate(cert).fingerprint256);
    expect(shown.trusted).toBe(false);
    const raw = createHash('sha256').update(new X509Certificate(cert).raw).digest('base64');
    expect(fromChromium(`sha256/${raw}`)).toBe(shown.fingerprint);
  });
  test('nobody there is a sentence', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expect(askCertificate(new URL(`https://127.0.0.1:${port}`))).rejects.toThrow(
      /does not answer \(ECONNREFUSED\)\. Check the address/,
    );
  });
});

describe('trust', () => {
  const a = Array.from({ length: 32 }, () => 'AA').join(':');
  const b = Array.from({ length: 32 }, () => 'BB').join(':');
  test('the system or a person vouches; a pin binds even against the system', () => {
    expect(judge({ fingerprint: a, trusted: true }, null)).toEqual({ trust: 'yes' });
    expect(judge({ fingerprint: a, trusted: false }, null)).toEqual({ trust: 'ask', fingerprint: a });
    expect(judge({ fingerprint: a, trusted: false }, a)).toEqual({ trust: 'yes' });
    expect(judge({ fingerprint: b, trusted: true }, a)).toEqual({ trust: 'changed', fingerprint: b, before: a });
  });
  test('pins are kept by host and port', () => {
    const file = join(temp.path, 'p', 'stations.json');
    createPins(file).set('gate.example:8710', a);
    expect(createPins(file).of('gate.example:8710')).toBe(a);
    expect(createPins(file).of('gate.example:8711')).toBeNull();
    expect(() => createPins(file).set('x', 'AA:BB')).toThrow();
  });
  test.each(['sha1/AAAA', 'sha256/AAAA', ''])('%j is no fingerprint', (text) => expect(fromChromium(text)).toBeNull());
});
