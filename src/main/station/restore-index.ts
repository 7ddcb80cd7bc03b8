/** `vigie restore-index [FILE]`: puts a backup in the place of the index, then takes in from the disk what came since. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { type BackupFile, type DataFolder, listBackups, noKeys } from '../adapters/files/index.ts';
import { soundness } from '../adapters/sqlite/index.ts';
import { takeInKey } from '../engine/settings.ts';
import type { Environment } from './config.ts';
import { takeFromBeside } from './from-beside.ts';
import { openFiles, takeExisting, volumeKey } from './open-data.ts';
import { adoptVolumeList, openVolumes } from './open-volumes.ts';
import type { Options } from './options.ts';
import { createProgress } from './progress.ts';
import { backupsDir, putBackAndOpen } from './restore.ts';
import { StationError } from './stop-with.ts';
import { takeIn } from './take-in.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const timeText = (ms: number): string => new Date(ms).toISOString();

/** Throws `StationError`; nothing was changed then. */
export async function restoreIndex(options: Options, environment: Environment): Promise<number> {
  const folder = await takeExisting(options.data ?? environment.dataFolder, systemClock);
  try {
    const backup = await choose(folder, options.file);
    const deps = { clock: systemClock, log: quietLog };
    const { store, aside } = await putBackAndOpen(folder, backup, 'before', deps);
    try {
      say(`The index of ${timeText(backup.madeMs)} was put back (${backup.path}).`);
      if (aside !== null) say(`The one before is kept as ${aside}.`);
      const files = await openFiles(folder, store.setting, true);
      await adoptVolumeList(store, files.root);
      const volumes = await openVolumes(store, { files, mark: store.setting.get(volumeKey) ?? '' }, noKeys);
      for (const { path, why } of volumes.away)
        say(`${path} is not here (${why}): what was recorded there since is taken in when it is.`);
      for (const line of await takeFromBeside(store, volumes, backup.madeMs)) say(line);
      const taken = await takeIn({ store, volumes, database: folder.database, progress: createProgress() });
      if (volumes.away.length === 0) store.setting.set(takeInKey, '');
      say(`${taken.segments} segments recorded since were taken in, ${taken.refusedCount} files left out.`);
      say('Events and users are those of the backup. Everybody signs in again.');
    } finally {
      store.close();
    }
    return 0;
  } finally {
    await folder.release();
  }
}

async function choose(folder: DataFolder, file: string | null): Promise<Pick<BackupFile, 'path' | 'madeMs'>> {
  if (file !== null) {
    const path = resolve(file);
    if (!existsSync(path)) throw new StationError(`There is no file ${path}.`);
    const found = await soundness(path);
    if (!found.sound) throw new StationError(`${path} cannot be put back: ${found.why}. Nothing was changed.`);
    return { path, madeMs: Math.floor((await stat(path)).mtimeMs) };
  }
  const backups = await listBackups(backupsDir(folder));
  for (const backup of backups) {
    const found = await soundness(backup.path);
    if (found.sound) return backup;
    say(`${backup.path} cannot be put back: ${found.why}.`);
  }
  throw new StationError(
    backups.length === 0
      ? `There is no backup in ${backupsDir(folder)}. "vigie rebuild-index" makes the index again from the video.`
      : 'None of the backups can be used. "vigie rebuild-index" makes the index again from the video.',
  );
}
