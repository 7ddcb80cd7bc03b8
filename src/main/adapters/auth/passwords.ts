import { randomBytes } from 'node:crypto';
import { argon2id, argon2Verify } from 'hash-wasm';
import type { Passwords } from '../../engine/access-port.ts';

/**
 * Argon2id (RFC 9106) with 19 MiB, two passes, one lane: the OWASP Password Storage Cheat Sheet's choice. Made in
 * WebAssembly, because the BoringSSL inside Electron has no Argon2.
 */
const cost = { memorySize: 19_456, iterations: 2, parallelism: 1, hashLength: 32 } as const;

/**
 * Hashes and checks passwords as PHC strings (`$argon2id$v=19$m=19456,t=2,p=1$…`). One computation at a time: each holds its
 * thread for about 70 ms and 19 MiB, so that a crowd of tries costs time and never memory.
 */
export function createPasswords(): Passwords {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined); // the failure is the caller's; the queue goes on
    return mine;
  };
  return {
    // NFC: the same password typed on two keyboards is the same bytes (NIST SP 800-63B §5.1.1.2)
    hash: (password) =>
      inTurn(() =>
        argon2id({ ...cost, password: password.normalize('NFC'), salt: randomBytes(16), outputType: 'encoded' }),
      ),
    verify: (hash, password) =>
      inTurn(async () => {
        // An empty password, or an empty or foreign hash (a user without a password), fits nothing.
        if (password === '' || !hash.startsWith('$argon2id$')) return false;
        return argon2Verify({ password: password.normalize('NFC'), hash });
      }),
  };
}
