import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Secrets } from '../../engine/secret-port.ts';

const version = 1;
const ivBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

/**
 * Seals small secrets with AES-256-GCM (NIST SP 800-38D) under the key in `<keysDir>/secrets.key`, which is made on first
 * use with mode 0600. Form: version 1 | IV 12 | ciphertext | tag 16; `bound` is the additional authenticated data, so that a
 * secret cannot be moved to another owner. Throws a sentence that says what to do when the key file is unusable.
 */
export const createSecrets = (keysDir: string): Secrets => sealWith(loadKey(keysDir));

/** What wraps a short text for one person of one system, and gives it back to nobody else; null: it refused. */
export type Keychain = {
  wrap(plain: string): Promise<string | null>;
  unwrap(wrapped: string): Promise<string | null>;
};

/**
 * As `createSecrets`, but where there is a keychain the key lies wrapped by it in `<keysDir>/secrets.wrapped`, and no plain
 * one beside it; `inFile` puts it back into `secrets.key`. A copied data folder is then no use without that keychain. The
 * plain file goes only when the wrapped one is on disk and was opened once. Throws a sentence that says what to do.
 */
export async function openSecrets(keysDir: string, keychain: Keychain | null, inFile: boolean): Promise<Secrets> {
  const [plainPath, wrappedPath] = [join(keysDir, 'secrets.key'), join(keysDir, 'secrets.wrapped')];
  if (existsSync(wrappedPath)) {
    if (keychain === null)
      throw new Error(
        'The camera passwords of this data folder are locked in the keychain of the desktop app that stored them. ' +
          'Start that app, or start it once with --key-file to have the key in a file again.',
      );
    const text = await keychain.unwrap(readFileSync(wrappedPath, 'utf8').trim());
    if (text === null)
      throw new Error(
        `The keychain of this computer does not open ${wrappedPath}. Unlock it and try again. If it was made anew, remove that file: cameras then need their passwords again.`,
      );
    const key = keyOf(text, wrappedPath);
    if (inFile) {
      writeWhole(plainPath, `${key.toString('base64')}\n`);
      rmSync(wrappedPath);
    } else if (existsSync(plainPath) && loadKey(keysDir).equals(key)) rmSync(plainPath); // a crash came between
    return sealWith(key);
  }
  const key = loadKey(keysDir);
  if (keychain === null || inFile) return sealWith(key);
  const text = key.toString('base64');
  const wrapped = await keychain.wrap(text);
  if (wrapped === null || (await keychain.unwrap(wrapped)) !== text) return sealWith(key);
  writeWhole(wrappedPath, `${wrapped}\n`);
  rmSync(plainPath);
  return sealWith(key);
}

function sealWith(key: Buffer): Secrets {
  return {
    seal(plain, bound) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      cipher.setAAD(Buffer.from(bound, 'utf8'));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Uint8Array.from(Buffer.concat([Buffer.from([version]), iv, body, cipher.getAuthTag()]));
    },
    open(sealed, bound) {
      const buffer = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (buffer.length < 1 + ivBytes + tagBytes || buffer[0] !== version)
        throw new Error('A stored secret is damaged. Enter it again.');
      const decipher = createDecipheriv('aes-256-gcm', key, buffer.subarray(1, 1 + ivBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(Buffer.from(bound, 'utf8'));
      decipher.setAuthTag(buffer.subarray(buffer.length - tagBytes));
      try {
        return Buffer.concat([
          decipher.update(buffer.subarray(1 + ivBytes, buffer.length - tagBytes)),
          decipher.final(),
        ]).toString('utf8');
      } catch (cause) {
        throw new Error(
          'A stored secret does not open with this key. Put back keys/secrets.key, or enter the secret again.',
          { cause },
        );
      }
    },
  };
}

function loadKey(keysDir: string): Buffer {
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  const path = join(keysDir, 'secrets.key');
  for (let tries = 0; ; tries++) {
    try {
      const key = keyOf(readFileSync(path, 'utf8'), path);
      chmodSync(path, 0o600);
      return key;
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') || tries > 1) throw cause;
    }
    writeWhole(path, `${randomBytes(keyBytes).toString('base64')}\n`);
  }
}

function keyOf(text: string, path: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== keyBytes)
    throw new Error(`${path} is not a key. Put it back from a copy; without it stored passwords are lost.`);
  return key;
}

/** Makes a private file in one step, durable, never over one that is there: a crash leaves the whole file or none. */
function writeWhole(path: string, text: string): void {
  const part = `${path}.${randomBytes(6).toString('hex')}.part`;
  const file = openSync(part, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(part, path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null;
    if (code === 'EEXIST') return;
    if (existsSync(path)) throw cause;
    renameSync(part, path); // a file system without hard links (exFAT)
  } finally {
    rmSync(part, { force: true });
  }
}
