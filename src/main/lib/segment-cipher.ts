/** The keys of encrypted segments, and AES-256-GCM (NIST SP 800-38D) under them for `media/mp4/encryption.ts`. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import type { FragmentCipher } from '#media/mp4/encryption.ts';

/** The keys of a volume that can be used now. A `KeyObject` shows nothing of itself in logs and JSON. */
export type SegmentKeys = { find(keyId: string): KeyObject | null };

const tagBytes = 16;
const keyBytes = 32;
/** What is encrypted at once: larger results come from fresh memory each time, which costs more than it saves (measured). */
const partBytes = 64 * 1024;

/** Never the same twice: what is encrypted under a segment's own key needs no other care, whatever the clock says. */
export const newSegmentId = (): Uint8Array => randomBytes(16);

/**
 * The cipher of one segment. Its key is derived (HKDF with SHA-256, RFC 5869) from the volume's key, the segment's id and the
 * whole start of the file (`init`: `ftyp moov` as it lies on disk), so that a changed start opens nothing.
 */
export function createSegmentCipher(volumeKey: KeyObject, segmentId: Uint8Array, init: Uint8Array): FragmentCipher {
  const info = Buffer.concat([Buffer.from('vigie segment 1\0', 'latin1'), createHash('sha256').update(init).digest()]);
  const raw = Buffer.from(hkdfSync('sha256', volumeKey, segmentId, info, keyBytes));
  const key = createSecretKey(raw);
  raw.fill(0);
  return {
    encrypt(nonce, authenticated, pieces) {
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(authenticated);
      const data: Uint8Array[] = [];
      // Pieces are as small as packets, and each call costs as much as some KiB: they are gathered first.
      let filled = 0;
      const flush = (): void => {
        if (filled > 0) data.push(cipher.update(gathered.subarray(0, filled)));
        filled = 0;
      };
      for (const piece of pieces) {
        for (let taken = 0; taken < piece.length; ) {
          const part = Math.min(piece.length - taken, partBytes - filled);
          gathered.set(part === piece.length ? piece : piece.subarray(taken, taken + part), filled);
          filled += part;
          taken += part;
          if (filled === partBytes) flush();
        }
      }
      flush();
      cipher.final();
      return { data, tag: cipher.getAuthTag() };
    },
    decrypt(nonce, authenticated, data, tag) {
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      decipher.setAAD(authenticated);
      decipher.setAuthTag(tag);
      const plain = decipher.update(data);
      try {
        decipher.final();
      } catch {
        plain.fill(0);
        return null;
      }
      return plain;
    },
  };
}

/** Of this thread: encryption is over before anybody else's begins. */
const gathered = Buffer.allocUnsafeSlow(partBytes);
