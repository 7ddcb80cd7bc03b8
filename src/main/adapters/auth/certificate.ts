import { X509Certificate, createPrivateKey } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '#lib/clock.ts';
import { dayMs } from '#domain/time.ts';

export type Certificate = {
  /** PEM. */
  key: string;
  /** PEM; a given one may carry its chain. */
  cert: string;
  /** SHA-256 of the certificate as `AB:CD:…`, what a browser shows and a person compares. */
  fingerprint: string;
  selfMade: boolean;
  validToMs: number;
};

/** Apple's and CA/Browser Forum's limit for certificates that a person has accepted by hand. */
const validDays = 825;
const renewBeforeDays = 30;

/** SHA-256 fingerprint of the first certificate of a PEM. */
export const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256;

/**
 * The station's TLS certificate: the given files, or else a self-made one (ECDSA P-256) kept in `<keysDir>/tls.key` and
 * `tls.pem`, made again 30 days before it ends. Throws a sentence that says what to do when given files are unusable.
 */
export async function loadCertificate(options: {
  keysDir: string;
  clock: Clock;
  given?: { keyPath: string; certPath: string } | undefined;
}): Promise<Certificate> {
  const { keysDir, clock, given } = options;
  if (given) {
    const [key, cert] = await Promise.all([readText(given.keyPath), readText(given.certPath)]);
    return checked(key, cert, false, `${given.certPath} and ${given.keyPath}`, clock.nowMs());
  }
  await mkdir(keysDir, { recursive: true, mode: 0o700 });
  const keyPath = join(keysDir, 'tls.key');
  const certPath = join(keysDir, 'tls.pem');
  const kept = await Promise.all([readFile(keyPath, 'utf8'), readFile(certPath, 'utf8')]).catch(() => null); // none yet, or unreadable
  if (kept) {
    try {
      const found = checked(kept[0], kept[1], true, certPath, clock.nowMs());
      if (found.validToMs > clock.nowMs() + renewBeforeDays * dayMs) {
        await chmod(keyPath, 0o600);
        return found;
      }
    } catch {
      // A half-written or foreign pair is replaced: the person compares the new fingerprint.
    }
  }
  const made = await make(clock.nowMs());
  await writePrivate(keyPath, made.key);
  await writePrivate(certPath, made.cert);
  return checked(made.key, made.cert, true, certPath, clock.nowMs());
}

async function make(nowMs: number): Promise<{ key: string; cert: string }> {
  const { generate } = await import('selfsigned'); // only who needs one loads its maker
  const addresses = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map((a) => a.address.split('%')[0] ?? a.address),
  );
  const names = [...new Set(['localhost', hostname()])].filter((name) => /^[a-z0-9.-]{1,253}$/i.test(name));
  const made = await generate([{ name: 'commonName', value: 'Vigie station' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - dayMs), // clocks of other PCs
    notAfterDate: new Date(nowMs + validDays * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...names.map((value) => ({ type: 2 as const, value })),
          ...[...new Set(['127.0.0.1', '::1', ...addresses])].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}

function checked(key: string, cert: string, selfMade: boolean, where: string, nowMs: number): Certificate {
  let x509: X509Certificate;
  try {
    x509 = new X509Certificate(cert);
    if (!x509.checkPrivateKey(createPrivateKey(key))) throw new Error('key and certificate do not belong together');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable';
    throw new Error(`${where} cannot be used for TLS (${why}). Give a PEM certificate and its PEM key.`, { cause });
  }
  const validToMs = Date.parse(x509.validTo);
  if (validToMs < nowMs) throw new Error(`The TLS certificate in ${where} ended on ${x509.validTo}. Give a new one.`);
  return { key, cert, fingerprint: x509.fingerprint256, selfMade, validToMs };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Error(`${path} cannot be read. Give the path of a PEM file that this user may read.`, { cause });
  }
}

async function writePrivate(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text, { mode: 0o600 });
  await rename(`${path}.part`, path);
}
