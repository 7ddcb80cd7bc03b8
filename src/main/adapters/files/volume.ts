/** A volume: the folder that video is recorded into, and the mark that tells it from an empty mount point. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readFile, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { DataFolderError, errnoOf } from './data-folder-error.ts';
import { makeFolder } from './make-folder.ts';

const Mark = z.object({
  vigie: z.literal('volume'),
  format: z.literal(1),
  id: z.string().min(1).max(64),
  /** Whose it is; the data folder's own does not say, its index does. */
  station: z.string().min(1).max(64).optional(),
});
const markName = 'volume.json';

/** The id file of the volume whose `video` folder this is; null: there is none. Rejects where it cannot be read, or is none of ours. */
export async function readMark(root: string): Promise<{ id: string; station: string | null } | null> {
  let text: string;
  try {
    text = await readFile(join(root, markName), 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null;
    throw error;
  }
  const read = Mark.safeParse(parsed(text));
  return read.success ? { id: read.data.id, station: read.data.station ?? null } : { id: '', station: null }; // somebody's, and not that of any volume we know
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
};

/** Makes the folder `path` if need be, and a new volume in it; answers its id. Rejects with the system's error. */
export async function makeVolume(path: string, station: string): Promise<string> {
  const root = join(path, 'video');
  const id = randomUUID();
  await makeFolder(root, 0o750);
  await writeWhole(join(root, markName), `${JSON.stringify({ vigie: 'volume', format: 1, id, station })}\n`);
  await syncFolder(path);
  return id;
}

export type Volume = {
  id: string;
  /** Absolute path of its `video` folder. */
  root: string;
};

/** Makes the entries of a folder durable. Windows keeps them in its journal and opens no folders. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Writes a small file so that a crash leaves the old or the new one, never half of it. */
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
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

const refusals: Record<string, string> = {
  EACCES: 'you may not write there: change its permissions, or choose another folder',
  EPERM: 'you may not write there: change its permissions, or choose another folder',
  EROFS: 'that disk is read-only: mount it for writing, or choose another folder',
  ENOSPC: 'that disk is full: free some space, or choose another folder',
  ENOTDIR: 'a part of that path is a file: choose another folder',
  ENOENT: 'no folder can be made there: choose another folder',
  EEXIST: 'a part of that path is a file: choose another folder',
};

/** A system error about a folder, in words that say what to do. */
export function folderTrouble(what: string, path: string, error: unknown): DataFolderError {
  const code = errnoOf(error);
  const why =
    (code !== null ? refusals[code] : undefined) ??
    `the system says: ${error instanceof Error ? error.message : String(error)}`;
  return new DataFolderError('refused', `${what} ${path} cannot be used: ${why}.`, error);
}

/**
 * Opens the volume in `folder`. `expectedId`: what the index knows it as; null: the index knows none yet, and a new volume is
 * made where there is none. Throws `DataFolderError`: `missing` when the expected one is not there (an unplugged or unmounted
 * disk: nothing is made in its place), `foreign` when another one is.
 */
export async function openVolume(folder: string, expectedId: string | null): Promise<Volume> {
  const root = join(folder, 'video');
  const path = join(root, markName);
  let text: string | null;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw folderTrouble('The video folder', root, error);
    text = null;
  }
  if (text === null) {
    if (expectedId !== null) {
      throw new DataFolderError(
        'missing',
        `The disk with the recorded video is not there: ${root} is missing or empty. Plug it in or mount it, then start again.`,
      );
    }
    const id = randomUUID();
    try {
      await makeFolder(root, 0o750);
      await writeWhole(path, `${JSON.stringify({ vigie: 'volume', format: 1, id })}\n`);
      await syncFolder(folder);
    } catch (error) {
      throw folderTrouble('The video folder', root, error);
    }
    return { id, root };
  }
  let mark: z.infer<typeof Mark>;
  try {
    mark = Mark.parse(JSON.parse(text));
  } catch (error) {
    throw new DataFolderError(
      'foreign',
      `${path} is not a volume of this version of Vigie. Choose another data folder, or update Vigie.`,
      error,
    );
  }
  if (expectedId !== null && mark.id !== expectedId) {
    throw new DataFolderError(
      'foreign',
      `${root} holds the video of another station. Mount the right disk, or run "vigie rebuild-index" to take this one over.`,
    );
  }
  return { id: mark.id, root };
}

/** Space of the file system that holds `root`; `writable` is found by writing a small file and syncing it. */
export async function volumeSpace(root: string): Promise<{ totalBytes: number; freeBytes: number; writable: boolean }> {
  const { totalBytes, freeBytes } = await spaceOf(root);
  return { totalBytes, freeBytes, writable: (await tryWriting(root)) === null };
}

/** Room of the file system of a path. */
export async function spaceOf(path: string): Promise<{ totalBytes: number; freeBytes: number }> {
  const s = await statfs(path);
  return { totalBytes: s.blocks * s.bsize, freeBytes: s.bavail * s.bsize };
}

/** Writes a small file, syncs it and removes it; answers why that did not work (errno), or null. */
export async function tryWriting(folder: string): Promise<string | null> {
  const probe = join(folder, `.probe-${randomUUID().slice(0, 8)}`);
  let refusal: string | null = null;
  try {
    const file = await open(probe, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
    try {
      await file.writeFile('vigie');
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch (error) {
    refusal = errnoOf(error) ?? 'EIO';
  }
  await rm(probe, { force: true }).catch(() => undefined); // on a read-only disk there is nothing to remove
  return refusal;
}
