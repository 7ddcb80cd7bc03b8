/**
 * `keys.json` in a volume's `video` folder: its wrapped keys, so that the disk and a passphrase suffice. Another copy lies in the data
 * folder: the loss of this one small file would be the loss of all that is encrypted.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeWhole } from '#lib/durable-file.ts';
import type { KeysFileStore } from '../../engine/keys-port.ts';
import { errnoOf } from './data-folder-error.ts';

export const keysFileName = 'keys.json';

/** `copyPath` null: there is no other copy. */
export function createKeysFile(root: string, copyPath: string | null): KeysFileStore {
  const path = join(root, keysFileName);
  const places = copyPath === null ? [path] : [path, copyPath];
  return {
    places: places.length,
    async read() {
      const copies: Awaited<ReturnType<KeysFileStore['read']>> = [];
      const failures: unknown[] = [];
      for (const place of places) {
        try {
          copies.push({
            text: await readFile(place, 'utf8'),
            setAside: () => rename(place, `${place}.unreadable-${randomUUID().slice(0, 8)}`),
          });
        } catch (error) {
          if (errnoOf(error) !== 'ENOENT') failures.push(error);
        }
      }
      if (copies.length === 0 && failures.length > 0) throw failures[0];
      return copies;
    },
    async write(text, needed) {
      if (copyPath !== null) await mkdir(dirname(copyPath), { recursive: true, mode: 0o700 });
      const tries = await Promise.allSettled(places.map((place) => writeWhole(place, text)));
      const failed = tries.filter((t) => t.status === 'rejected');
      if (failed[0] !== undefined && (needed === 'all' || failed.length === places.length)) throw failed[0].reason;
    },
  };
}
