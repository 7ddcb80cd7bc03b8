/** Wrapping keys under keys (AES-256-GCM, NIST SP 800-38D), and the keys that are made of what people know or keep. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { argon2id } from 'hash-wasm';

const ivBytes = 12;
const tagBytes = 16;
export const keyBytes = 32;

/**
 * Stronger than for log-in: whoever has the disk can try for years. 64 MiB and three passes are the second choice of RFC 9106 §4
 * with one lane (0.3 s of one core).
 */
export const passphraseCost = { memoryKiB: 65_536, passes: 3 } as const;

/** IV | ciphertext | tag in base 64; `bound` is authenticated with it, so that a wrapped key cannot be moved elsewhere. */
export function wrapKey(under: Uint8Array, plain: Uint8Array, bound: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', under, iv);
  cipher.setAAD(Buffer.from(bound, 'utf8'));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** Null: it does not open. */
export function unwrapKey(under: Uint8Array, wrapped: string, bound: string): Buffer | null {
  const bytes = Buffer.from(wrapped, 'base64');
  if (bytes.length !== ivBytes + keyBytes + tagBytes) return null;
  const decipher = createDecipheriv('aes-256-gcm', under, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(bound, 'utf8'));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const plain = decipher.update(bytes.subarray(ivBytes, -tagBytes));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return null;
  }
}

/** The same passphrase typed on two keyboards is the same bytes (NFC, NIST SP 800-63B §5.1.1.2). */
export async function keyOfPassphrase(
  passphrase: string,
  salt: Uint8Array,
  cost: { memoryKiB: number; passes: number },
): Promise<Uint8Array> {
  return argon2id({
    password: passphrase.normalize('NFC'),
    salt,
    memorySize: cost.memoryKiB,
    iterations: cost.passes,
    parallelism: 1,
    hashLength: keyBytes,
    outputType: 'binary',
  });
}

/** A recovery key is random: it needs no slow function (HKDF, RFC 5869). */
export const keyOfRecovery = (recovery: Uint8Array, salt: string): Buffer =>
  Buffer.from(hkdfSync('sha256', recovery, Buffer.from(salt, 'utf8'), 'vigie recovery key 1', keyBytes));
