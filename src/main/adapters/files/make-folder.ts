import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it. Not `mkdir` with `recursive`: where a file system answers ENOENT to making a folder in one
 * that exists (`/proc`, some network mounts), that tries for ever. Rejects with the system's error.
 */
export async function makeFolder(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
    return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    const above = await stat(dirname(path)).catch(() => null);
    if (above?.isDirectory()) throw error;
  }
  await makeFolder(dirname(path), mode);
  await mkdir(path, { mode });
}
