import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { connect } from 'node:tls';
import { z } from 'zod';

/** SHA-256 of a certificate as both sides show it: upper-case pairs with colons. */
const Fingerprint = z.string().regex(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
const Pins = z.record(z.string(), Fingerprint);

/** What a station showed when asked for its certificate. */
export type Shown = { fingerprint: string; trusted: boolean; validUntil: string };

/** Asks a station for its certificate without sending it anything. `trusted`: the system vouches for it. 10 s at most. */
export function askCertificate(station: URL, limitMs = 10_000): Promise<Shown> {
  const host = station.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(station.port || 443),
      rejectUnauthorized: false,
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    });
    const fail = (why: string): void => {
      socket.destroy();
      reject(
        new Error(
          `${station.origin} does not answer (${why}). Check the address, and that the station runs and listens there.`,
        ),
      );
    };
    socket.setTimeout(limitMs, () => fail('it took too long'));
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate();
      const shown = {
        fingerprint: certificate.fingerprint256,
        trusted: socket.authorized,
        validUntil: certificate.valid_to,
      };
      socket.destroy();
      resolve(shown);
    });
  });
}

/** Chromium's `sha256/BASE64` in the form of `Fingerprint`; null for anything else. */
export function fromChromium(text: string): string | null {
  const base64 = /^sha256\/([A-Za-z0-9+/=]+)$/.exec(text)?.[1];
  const bytes = base64 === undefined ? null : Buffer.from(base64, 'base64');
  return bytes?.length === 32
    ? Array.from(bytes, (b) => b.toString(16).padStart(2, '0').toUpperCase()).join(':')
    : null;
}

export type Verdict =
  | { trust: 'yes' }
  /** Never seen: a person must compare it with what the station shows. */
  | { trust: 'ask'; fingerprint: string }
  /** Another one than a person agreed to: the station was set up anew, or somebody stands in between. */
  | { trust: 'changed'; fingerprint: string; before: string };

/** Decides on what a station showed. A pinned fingerprint binds, even against a certificate that the system trusts. */
export function judge(shown: Pick<Shown, 'fingerprint' | 'trusted'>, pinned: string | null): Verdict {
  if (pinned !== null)
    return pinned === shown.fingerprint
      ? { trust: 'yes' }
      : { trust: 'changed', fingerprint: shown.fingerprint, before: pinned };
  return shown.trusted ? { trust: 'yes' } : { trust: 'ask', fingerprint: shown.fingerprint };
}

/** The fingerprints that a person compared and agreed to, by host and port. */
export function createPins(file: string): {
  of(host: string): string | null;
  set(host: string, fingerprint: string): void;
} {
  let pins: z.infer<typeof Pins> = {};
  try {
    const read = Pins.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (read.success) pins = read.data;
  } catch {
    // None yet; a damaged file means that a person is asked again.
  }
  return {
    of: (host) => pins[host] ?? null,
    set(host, fingerprint) {
      pins = { ...pins, [host]: Fingerprint.parse(fingerprint) };
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(pins, null, 1), { mode: 0o600 });
    },
  };
}
