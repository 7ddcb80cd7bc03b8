/** A volume: the folder that video is recorded into, and the mark that tells it from an empty mount point. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readFile, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { parseVolumeMark, volumeMarkName } from '#domain/volume.ts';
import { syncFolder, writeWhole } from '#lib/durable-file.ts';
import { DataFolderError, errnoOf } from './data-folder-error.ts';
import { makeFolder } from './make-folder.ts';

/** The id file of the volume whose `video` folder this is; null: there is none. Rejects where it cannot be read, or is none of ours. */
export async function readMark(root: string): Promise<{ id: string; station: string | null } | null> {
  let text: string;
  try {
    text = await readFile(join(root, volumeMarkName), 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null;
    throw error;
  }
  const mark = parseVolumeMark(text);
  return mark === null ? { id: '', station: null } : { id: mark.id, station: mark.station ?? null }; // '': somebody's, and not that of any volume we know
}

/** Makes the folder `path` if need be, and a new volume in it; answers its id. Rejects with the system's error. */
export async function makeVolume(path: string, station: string): Promise<string> {
  const root = join(path, 'video');
  const id = randomUUID();
  await makeFolder(root, 0o750);
  await writeWhole(join(root, volumeMarkName), `${JSON.stringify({ vigie: 'volume', format: 1, id, station })}\n`);
  await syncFolder(path);
  return id;
}

export type Volume = {
  id: string;
  /** Absolute path of its `video` folder. */
  root: string;
};

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
  const path = join(root, volumeMarkName);
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
  const mark = parseVolumeMark(text);
  if (mark === null)
    throw new DataFolderError(
      'foreign',
      `${path} is not a volume of this version of Vigie. Choose another data folder, or update Vigie.`,
    );
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
