import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { createPasswords, createSecrets, fingerprintOf, loadCertificate, openSecrets, type Keychain } from './index.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-auth-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

describe('passwords', () => {
  it('makes a PHC string with the OWASP cost that only its password fits', async () => {
    const passwords = createPasswords();
    const hash = await passwords.hash('caf\u00e9 au lait 12');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.verify(hash, 'cafe\u0301 au lait 12')).toBe(true); // typed with a combining accent
    expect(await passwords.verify(hash, 'cafe au lait 12')).toBe(false);
    expect(await passwords.hash('caf\u00e9 au lait 12')).not.toBe(hash);
  });

  it('fits nothing to a user without a password', async () => {
    const passwords = createPasswords();
    expect(await passwords.verify('', '')).toBe(false);
    expect(await passwords.verify(await passwords.hash('x'), '')).toBe(false);
  });
});

describe('secrets', () => {
  it('opens what it sealed, also after a restart, with a private key file', () => {
    const sealed = createSecrets(dir).seal('p\u00e4ss', 'camera:1');
    expect(Buffer.from(sealed).includes('p\u00e4ss')).toBe(false);
    expect(createSecrets(dir).open(sealed, 'camera:1')).toBe('p\u00e4ss');
    if (process.platform !== 'win32') expect(statSync(join(dir, 'secrets.key')).mode & 0o777).toBe(0o600);
  });

  it('refuses another owner, a changed byte, a short or foreign secret, and another key', () => {
    const secrets = createSecrets(dir);
    const sealed = secrets.seal('pass', 'camera:1');
    expect(() => secrets.open(sealed, 'camera:2')).toThrow(/does not open/);
    for (let at = 1; at < sealed.length; at++) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => secrets.open(changed, 'camera:1')).toThrow();
    }
    expect(() => secrets.open(sealed.subarray(0, 20), 'camera:1')).toThrow(/damaged/);
    const other = mkdtempSync(join(tmpdir(), 'vigie-auth-'));
    expect(() => createSecrets(other).open(sealed, 'camera:1')).toThrow(/secrets\.key/);
    rmSync(other, { recursive: true });
  });

  it('never makes a new key over a damaged one', () => {
    writeFileSync(join(dir, 'secrets.key'), 'short');
    expect(() => createSecrets(dir)).toThrow(/not a key/);
    expect(readFileSync(join(dir, 'secrets.key'), 'utf8')).toBe('short');
  });
});

describe('secrets with a keychain', () => {
  const path = (name: string): string => join(dir, name);
  const keychain = (mark = 'k'): Keychain => ({
    wrap: (plain) => Promise.resolve(Buffer.from(`${mark}${plain}`).reverse().toString('base64')),
    unwrap(wrapped) {
      const text = Buffer.from(wrapped, 'base64').reverse().toString();
      return Promise.resolve(text.startsWith(mark) ? text.slice(mark.length) : null);
    },
  });

  it('lie wrapped, with no plain key beside them, and go back into a file when a person wants it', async () => {
    const sealed = createSecrets(dir).seal('pass', 'camera:1');
    const plain = readFileSync(path('secrets.key'), 'utf8').trim();
    expect((await openSecrets(dir, keychain(), false)).open(sealed, 'camera:1')).toBe('pass');
    expect(existsSync(path('secrets.key'))).toBe(false);
    expect(readFileSync(path('secrets.wrapped'), 'utf8')).not.toContain(plain);
    expect((await openSecrets(dir, keychain(), false)).open(sealed, 'camera:1')).toBe('pass');
    await expect(openSecrets(dir, null, false)).rejects.toThrow(/--key-file/);
    await expect(openSecrets(dir, keychain('other'), false)).rejects.toThrow(/does not open/);
    expect(existsSync(path('secrets.key'))).toBe(false);
    expect((await openSecrets(dir, keychain(), true)).open(sealed, 'camera:1')).toBe('pass');
    expect(existsSync(path('secrets.wrapped'))).toBe(false);
    expect(createSecrets(dir).open(sealed, 'camera:1')).toBe('pass');
  });

  it('stay in their file when the keychain refuses or does not give back what it took', async () => {
    const sealed = createSecrets(dir).seal('pass', 'camera:1');
    const refuses: Keychain = { wrap: () => Promise.resolve(null), unwrap: () => Promise.resolve(null) };
    const forgets: Keychain = { ...keychain(), unwrap: () => Promise.resolve(null) };
    for (const bad of [refuses, forgets]) {
      expect((await openSecrets(dir, bad, false)).open(sealed, 'camera:1')).toBe('pass');
      expect(existsSync(path('secrets.wrapped'))).toBe(false);
    }
    expect(createSecrets(dir).open(sealed, 'camera:1')).toBe('pass');
  });
});

describe('certificate', () => {
  it('is made once, kept, and carries TLS for this PC', async () => {
    const made = await loadCertificate({ keysDir: dir, clock: systemClock });
    expect(made.selfMade).toBe(true);
    expect(made.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect((await loadCertificate({ keysDir: dir, clock: systemClock })).fingerprint).toBe(made.fingerprint);
    const server = createServer({ key: made.key, cert: made.cert }, (socket) => socket.end('hello'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const seen = await new Promise<string>((done, failed) => {
      const socket = connect({ port, host: '127.0.0.1', ca: made.cert }, () => {
        done(socket.getPeerCertificate().fingerprint256);
        socket.destroy();
      });
      socket.on('error', failed);
    });
    expect(seen).toBe(made.fingerprint);
    await new Promise((done) => server.close(done));
  });

  it('is made again before it ends, and when it is damaged', async () => {
    const first = await loadCertificate({ keysDir: dir, clock: systemClock });
    const later = { ...systemClock, nowMs: () => first.validToMs - 1000 };
    const second = await loadCertificate({ keysDir: dir, clock: later });
    expect(second.fingerprint).not.toBe(first.fingerprint);
    writeFileSync(join(dir, 'tls.pem'), 'half');
    expect((await loadCertificate({ keysDir: dir, clock: systemClock })).fingerprint).not.toBe(second.fingerprint);
  });

  it('takes a given pair, and says what is wrong with an unusable one', async () => {
    const made = await loadCertificate({ keysDir: dir, clock: systemClock });
    const given = { keyPath: join(dir, 'tls.key'), certPath: join(dir, 'tls.pem') };
    const other = join(dir, 'other');
    const loaded = await loadCertificate({ keysDir: other, clock: systemClock, given });
    expect(loaded).toMatchObject({ selfMade: false, fingerprint: fingerprintOf(made.cert) });
    await loadCertificate({ keysDir: other, clock: systemClock });
    const mixed = { keyPath: join(other, 'tls.key'), certPath: given.certPath };
    await expect(loadCertificate({ keysDir: other, clock: systemClock, given: mixed })).rejects.toThrow(
      /belong together/,
    );
    await expect(
      loadCertificate({ keysDir: other, clock: systemClock, given: { ...given, certPath: '/nowhere.pem' } }),
    ).rejects.toThrow(/cannot be read/);
  });
});
