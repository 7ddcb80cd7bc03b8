/** Deletes recorded files, so that they are gone after a power cut too. */
import { readdir, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { segmentPath } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import { syncFolder } from '#lib/durable-file.ts';
import type { SegmentFiles } from '../../engine/segment-file-port.ts';
import { isListName } from './chain-files.ts';
import { errnoOf } from './data-folder-error.ts';

type Place = { kind: StreamKind; startMs: number };

/** What of a volume, and not of one file, says that nothing can be deleted now. */
const ofVolume = new Set([
  'EROFS',
  'ENODEV',
  'ENXIO',
  'ESTALE',
  'ENOTCONN',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'ENOSPC',
  'EDQUOT',
]);

/**
 * As `SegmentFiles.remove` says; `home`: absolute path of the camera's folder. One file at a time: writers share the same threads.
 * `isThere`: whether this is the volume still; a file that is missing is gone only then.
 */
export async function removeSegments(
  root: string,
  home: string,
  segments: readonly Place[],
  spared: (segment: Place) => boolean,
  isThere: () => Promise<boolean>,
): ReturnType<SegmentFiles['remove']> {
  const gone: Place[] = [];
  const refused: { segment: Place; why: string }[] = [];
  let missed = false;
  const hours = new Set<string>();
  let trouble: string | null = null;
  try {
    for (const segment of segments) {
      if (spared(segment)) continue;
      const path = join(root, segmentPath(basename(home), segment.kind, segment.startMs));
      try {
        await unlink(path);
        hours.add(dirname(path));
      } catch (error) {
        const code = errnoOf(error);
        if (code !== 'ENOENT') {
          if (code === null || ofVolume.has(code)) throw error;
          // Somebody has it open, or may not: one file does not keep the others from going.
          refused.push({ segment, why: error instanceof Error ? error.message : String(error) });
          continue;
        }
        missed = true;
      }
      gone.push(segment);
    }
    if (missed && !(await isThere()))
      return { gone: [], refused, trouble: `${root} is not the volume that it was: nothing of it counts as deleted.` };
  } catch (error) {
    trouble = error instanceof Error ? error.message : String(error);
  }
  try {
    for (const hour of hours) await settle(hour);
  } catch (error) {
    // Whether they are gone for good is not known: they are asked for again.
    return { gone: [], refused, trouble: error instanceof Error ? error.message : String(error) };
  }
  return { gone, refused, trouble };
}

/** Removes an hour's folder when nothing is in it, and its day's folder when no video is left in that; what stays is synced. */
async function settle(hour: string): Promise<void> {
  const day = dirname(hour);
  if (!(await removeEmpty(hour))) await syncFolder(hour);
  else if (!(await removeDay(day))) await syncFolder(day);
  else await syncFolder(dirname(day));
}

/** With the lists of what was in it: what they say of links that are gone is in the seams. */
async function removeDay(day: string): Promise<boolean> {
  if (await removeEmpty(day)) return true;
  const names = await readdir(day);
  if (!names.every(isListName)) return false;
  for (const name of names) await unlink(join(day, name));
  return await removeEmpty(day);
}

async function removeEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') return true;
    // In use (Windows), or not empty; POSIX lets a system say either of the latter two.
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EBUSY' || code === 'EPERM' || code === 'EACCES')
      return false;
    throw error;
  }
}
