/** The system's keychain (Keychain, DPAPI, Secret Service), for the key of the station's stored passwords. */
import { safeStorage } from 'electron';
import type { Log } from '#lib/log.ts';
import type { ShellKeychain } from './station-process.ts';

const limitMs = 15_000;

/**
 * Wraps and unwraps short texts; undefined where the system has no keychain. On Linux without one Electron falls back to a
 * fixed password (`basic_text`), which protects nothing: a file of mode 0600 is as good and can be backed up.
 */
export async function openKeychain(log: Log): Promise<ShellKeychain | undefined> {
  if (process.platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend()))
    return undefined;
  if (!(await available())) return undefined;
  return async (op, value) => {
    try {
      if (op === 'wrap') return (await safeStorage.encryptStringAsync(value)).toString('base64');
      return (await safeStorage.decryptStringAsync(Buffer.from(value, 'base64'))).result;
    } catch {
      // Its error may quote what it was given.
      log.error('the keychain refused', { op });
      return null;
    }
  };
}

/** A Secret Service that hangs must not keep the station from starting. */
async function available(): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  return Promise.race([safeStorage.isAsyncEncryptionAvailable().catch(() => false), late]).finally(() => {
    clearTimeout(timer);
  });
}
