/** An index that cannot be used is replaced by the newest backup that can; nothing is deleted. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { StoreError } from '#lib/store-error.ts';
import { hourMs } from '#domain/time.ts';
import { backupsName, type DataFolder, listBackups, putAside, putBack, walkFolders } from '../adapters/files/index.ts';
import { soundness } from '../adapters/sqlite/index.ts';
import { endedKey, takeInKey } from '../engine/settings.ts';
import { openIndex, type Store } from './open-data.ts';
import { StationError } from './stop-with.ts';

/** How long the start looks at an index after a crash; what is left is looked at while the station runs. */
const lookMs = 2_000;

export type Restored = {
  /** When the backup was made. */
  backupMs: number;
  /** Where the unusable index is now; null: there was none. */
  aside: string | null;
  why: string;
};

export const backupsDir = (folder: DataFolder): string => join(folder.path, backupsName);

/** Whether something was recorded here: then the index is not new but gone. */
const hasFootage = (folder: DataFolder): boolean => {
  const video = join(folder.path, 'video');
  return existsSync(video) && walkFolders(video).length > 0;
};

/** Puts a backup, found sound before, in the place of the index and opens it. Its sessions are of another time and end. */
export async function putBackAndOpen(
  folder: DataFolder,
  backup: { path: string; madeMs: number },
  word: 'bad' | 'before',
  deps: { clock: Clock; log: Log },
): Promise<{ store: Store; aside: string | null }> {
  const aside = await putAside(folder.database, word, deps.clock.nowMs());
  await putBack(backup.path, folder.database);
  const store = openIndex(folder.database, deps);
  store.access.removeSessionsBefore(Number.MAX_SAFE_INTEGER);
  store.setting.set(takeInKey, String(backup.madeMs - hourMs));
  return { store, aside };
}

/** Why the index at `database` cannot be used, or the opened one. Throws `StationError` for what no backup helps against. */
async function open(database: string, deps: { clock: Clock; log: Log }): Promise<Store | StationError> {
  let store: Store;
  try {
    store = openIndex(database, deps);
  } catch (error) {
    if (error instanceof StationError && error.cause instanceof StoreError && error.cause.reason === 'corrupt')
      return error;
    throw error;
  }
  const ended = Number(store.setting.get(endedKey) ?? 0);
  if (Number.isFinite(ended)) return store;
  const found = await soundness(database, lookMs);
  if (found.sound) return store;
  store.close();
  return new StationError(`The index is damaged: ${found.why}`);
}

/**
 * Opens the index of a station that starts. After a crash it is looked through first. Throws `StationError`, also where the index is
 * damaged and no backup can be used.
 */
export async function openOrRestore(
  folder: DataFolder,
  deps: { clock: Clock; log: Log },
): Promise<{ store: Store; restored: Restored | null }> {
  const { log } = deps;
  const there = existsSync(folder.database);
  const backups = there ? null : await listBackups(backupsDir(folder));
  if (!there && backups?.length === 0 && !hasFootage(folder))
    return { store: openIndex(folder.database, deps), restored: null };
  const opened = there ? await open(folder.database, deps) : new StationError('The index is gone.');
  if (!(opened instanceof StationError)) return { store: opened, restored: null };

  const why = opened.message;
  for (const backup of backups ?? (await listBackups(backupsDir(folder)))) {
    const found = await soundness(backup.path);
    if (!found.sound) {
      log.error('a backup of the index cannot be used', { path: backup.path, why: found.why });
      continue;
    }
    const { store, aside } = await putBackAndOpen(folder, backup, 'bad', deps);
    log.error('the index could not be used; a backup took its place', { why, backup: backup.path, aside: aside ?? '' });
    return { store, restored: { backupMs: backup.madeMs, aside, why } };
  }
  throw new StationError(
    `${why} No backup of the index can be used. Run "vigie rebuild-index": it makes the index again from the video, which is not lost.`,
    1,
    { cause: opened.cause },
  );
}
