/** Copies of the index in the data folder, and what happens to the index when one of them takes its place. */
import { copyFile, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '#lib/durable-file.ts';
import type { BackupFiles } from '../../engine/backup-port.ts';
import { errnoOf } from './data-folder-error.ts';
import { makeFolder } from './make-folder.ts';

export const backupsName = 'backups';
const form = /^vigie-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\.db$/;
const draftEnd = '.part';

export type BackupFile = { path: string; madeMs: number; bytes: number };

const backupName = (madeMs: number): string =>
  `vigie-${new Date(madeMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z.db`;

function madeMs(name: string): number | null {
  const m = form.exec(name);
  return m === null ? null : Date.parse(`${m[1] ?? ''}T${m[2] ?? ''}:${m[3] ?? ''}:${m[4] ?? ''}Z`);
}

/** Backups in a folder, newest first; none when it is not there. */
export async function listBackups(dir: string): Promise<BackupFile[]> {
  let names: string[];
  try {
    names = await readdir(dir);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
  const out: BackupFile[] = [];
  for (const name of names) {
    const at = madeMs(name);
    if (at === null || Number.isNaN(at)) continue;
    out.push({ path: join(dir, name), madeMs: at, bytes: (await stat(join(dir, name))).size });
  }
  return out.sort((a, b) => b.madeMs - a.madeMs);
}

/** Makes the folder, and takes away what an interrupted backup left. Answers where the next one is to be written. */
async function draftBackup(dir: string, atMs: number): Promise<string> {
  await makeFolder(dir, 0o700);
  for (const name of await readdir(dir))
    if (name.endsWith(draftEnd) || name.includes(`${draftEnd}-`)) await rm(join(dir, name), { force: true });
  return join(dir, backupName(atMs) + draftEnd);
}

/** A draft that was found sound becomes a backup; durable. */
async function keepBackup(draft: string): Promise<void> {
  const file = await open(draft, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  const path = draft.slice(0, -draftEnd.length);
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/** Room that must be left on the disk beside a new backup: recording comes first. */
const spareBytes = 2 ** 30;

/** Backups of the index at `database` in `dir`. */
export function createBackupFiles(dir: string, database: string): BackupFiles {
  return {
    list: async () => (await listBackups(dir)).map(({ madeMs, bytes }) => ({ madeMs, bytes })),
    async draft(madeMs) {
      const draft = await draftBackup(dir, madeMs);
      const [{ size }, space] = await Promise.all([stat(database), statfs(dir)]);
      if (space.bavail * space.bsize < size + spareBytes)
        throw new Error(
          `There is no room for a backup of the index: it needs ${Math.ceil(size / 2 ** 20)} MiB, and 1 GiB stays free. Make room on the disk of ${dir}.`,
        );
      return draft;
    },
    async keep(draft) {
      await keepBackup(draft);
    },
    async remove(madeMs) {
      await rm(join(dir, backupName(madeMs)), { force: true });
    },
  };
}

/** Moves an index out of the way, with its log; answers where it is now. null: there is none. */
export async function putAside(database: string, word: 'bad' | 'before', nowMs: number): Promise<string | null> {
  const aside = `${database}.${word}-${new Date(nowMs).toISOString().replaceAll(':', '-')}`;
  let moved = false;
  for (const end of ['', '-wal', '-shm']) {
    try {
      await rename(database + end, aside + end);
      moved ||= end === '';
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  }
  return moved ? aside : null;
}

/** Puts a copy of a backup in the place of the index, which must have been put aside. */
export async function putBack(backup: string, database: string): Promise<void> {
  const draft = `${database}${draftEnd}`;
  await copyFile(backup, draft);
  const file = await open(draft, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, database);
  await syncFolder(dirname(database));
}
