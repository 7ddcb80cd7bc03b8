/** The data folder: everything that a station keeps. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock } from '#lib/clock.ts';
import { DataFolderError } from './data-folder-error.ts';
import { type LockTiming, takeLock } from './lock.ts';
import { makeFolder } from './make-folder.ts';
import { folderTrouble } from './volume.ts';

/** The index, in the data folder. */
export const databaseName = 'vigie.db';

export type DataFolder = {
  /** Absolute. */
  path: string;
  /** Absolute path of the index (`vigie.db`). */
  database: string;
  /** Lets another station take the folder. */
  release(): Promise<void>;
};

/**
 * Makes the folder if need be and takes it for this station alone. `onLost`: see `takeLock`. Throws `DataFolderError` with
 * words for the person: in use, not writable, a file in its place, a full or read-only disk.
 */
export async function openDataFolder(
  path: string,
  clock: Clock,
  onLost: () => void,
  timing?: LockTiming,
): Promise<DataFolder> {
  const whole = resolve(path);
  try {
    await makeFolder(whole, 0o750);
    if (!(await stat(whole)).isDirectory())
      throw new DataFolderError('refused', `The data folder ${whole} is a file. Choose another folder with --data.`);
    const lock = await takeLock(whole, clock, onLost, timing);
    return { path: whole, database: join(whole, databaseName), release: () => lock.release() };
  } catch (error) {
    if (error instanceof DataFolderError) throw error;
    throw folderTrouble('The data folder', whole, error);
  }
}
