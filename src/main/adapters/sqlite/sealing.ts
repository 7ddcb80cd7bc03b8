/** Pictures at rest: AES-256-GCM (NIST SP 800-38D) under one key, a nonce of chance before each, its tag behind. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ivBytes = 12;
const tagBytes = 16;

/** `key`: 32 bytes. `bound`: what it belongs to, authenticated with it. */
export function sealing(key: Uint8Array) {
  return {
    seal(plain: Uint8Array, bound: string): Buffer {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(bound));
      return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    /** Throws where it is not what was sealed. */
    open(sealed: Uint8Array, bound: string): Buffer {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes))
        .setAAD(Buffer.from(bound))
        .setAuthTag(sealed.subarray(sealed.length - tagBytes));
      return Buffer.concat([decipher.update(sealed.subarray(ivBytes, sealed.length - tagBytes)), decipher.final()]);
    },
  };
}
export type Sealing = ReturnType<typeof sealing>;
