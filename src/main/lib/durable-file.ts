/** Small files and entries of folders that a power cut leaves whole. `docs/storage.md` says which files are written so. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

// Callbacks made into promises: a `FileHandle` costs more, and recorders do this once a segment.
const openFolder = promisify(fs.open);
const sync = promisify(fs.fsync);
const close = promisify(fs.close);

/**
 * Makes the entries of a folder durable: files that were made, renamed or removed in it. Nothing on Windows, which keeps them in its
 * journal and opens no folders, nor where the file system knows no such sync (`EINVAL`: some network shares). Rejects with the
 * system's error.
 */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await openFolder(path, 'r');
  try {
    await sync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
  } finally {
    await close(folder);
  }
}

/**
 * Writes a small file so that a crash or a power cut leaves the old one or the new one, never half of it: a draft beside it, synced, that
 * takes its place. Rejects with the system's error; the old file stays then, and no draft.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    const file = await open(draft, 'wx', 0o640);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined); // what went wrong first is told
    throw error;
  }
  await syncFolder(dirname(path));
}
