/** Reads all of a segment and verifies what encrypts it. Changes nothing. */
import { type FileHandle, open } from 'node:fs/promises';
import { MediaError } from '#media/media-error.ts';
import { readInit } from '#media/mp4/read-init.ts';
import { scanFragments } from '#media/mp4/scan.ts';
import { errnoOf } from './data-folder-error.ts';
import { openerOf, readerOf, type VolumeKeyLookup } from './segment-view.ts';

/**
 * `none`: there is no such file, or no segment in it · `plain` · `locked`, `key-destroyed`: it is encrypted, and its key is not there · `sound`:
 * every fragment is as it was written · `changed`: those at `atMs` (UTC) are not, the first at byte `offset` of the file.
 */
export type Authenticity =
  | { is: 'none' | 'plain' | 'locked' | 'key-destroyed' | 'sound' }
  | { is: 'changed'; offset: number; atMs: number[] };

/** Rejects with the system's errors. */
export async function authenticateFile(path: string, keys: VolumeKeyLookup): Promise<Authenticity> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return { is: 'none' };
    throw error;
  }
  try {
    const read = readerOf(file);
    const init = await readInit(read);
    const opener = openerOf(init, await read(0, init.bytes), keys);
    if (opener === null) return { is: 'plain' };
    if (typeof opener === 'string') return { is: opener };
    const { fragments } = await scanFragments(read, (await file.stat()).size, init);
    const atMs: number[] = [];
    let first: number | null = null;
    for (const place of fragments) {
      try {
        opener.decrypt(await read(place.offset, place.bytes));
      } catch (error) {
        if (!(error instanceof MediaError)) throw error;
        first ??= place.offset;
        atMs.push(Math.round(place.startUs / 1000));
      }
    }
    return first === null ? { is: 'sound' } : { is: 'changed', offset: first, atMs };
  } catch (error) {
    if (error instanceof MediaError) return { is: 'none' };
    throw error;
  } finally {
    await file.close();
  }
}
