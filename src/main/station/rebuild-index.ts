/**
 * `vigie rebuild-index`: makes the index again from the recorded files. What is not in them comes from the old index where it can be read,
 * else from the newest backup that can be used and from what stands beside the video. The old index is kept beside the new one.
 */
import { existsSync } from 'node:fs';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { type DataFolder, listBackups, noKeys, putAside, type VolumeFiles } from '../adapters/files/index.ts';
import { soundness } from '../adapters/sqlite/index.ts';
import { takeInKey } from '../engine/settings.ts';
import type { Environment } from './config.ts';
import { knowsAll, noteAlive, takeFromBeside } from './from-beside.ts';
import { openFiles, openIndex, takeExisting, volumeKey, type Store } from './open-data.ts';
import { adoptVolumeList, noteOwnMark, openVolumes } from './open-volumes.ts';
import type { Options } from './options.ts';
import { createProgress } from './progress.ts';
import { backupsDir, putBackAndOpen } from './restore.ts';
import { StationError } from './stop-with.ts';
import { takeIn } from './take-in.ts';

const deps = { clock: systemClock, log: quietLog };
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export async function rebuildIndex(options: Options, environment: Environment): Promise<number> {
  const folder = await takeExisting(options.data ?? environment.dataFolder, systemClock);
  try {
    const { store, sinceMs } = await openOrReplace(folder);
    try {
      const files = await openFiles(folder, store.setting, true);
      await makeAgain(store, files, folder.database, sinceMs);
    } finally {
      store.close();
    }
    return 0;
  } finally {
    await folder.release();
  }
}

/**
 * The old index when it is sound; else it is put aside, and the newest sound backup takes its place, or an empty one. A newer one is refused.
 * `sinceMs`: from when on it does not know what was.
 */
async function openOrReplace(folder: DataFolder): Promise<{ store: Store; sinceMs: number }> {
  const open = (): Store => openIndex(folder.database, deps);
  const there = existsSync(folder.database);
  if (there) {
    try {
      const store = open();
      const bad = store.faults().filter((f) => f.what !== 'coverage' && f.what !== 'stored' && f.what !== 'event-days');
      // A sound one without a single stream was made anew over the video: all comes from what stands beside it.
      if (bad.length === 0) return { store, sinceMs: store.streams().length === 0 ? 0 : knowsAll };
      store.close();
      say(`The old index is damaged (${bad[0]?.detail ?? ''}).`);
    } catch (error) {
      const reason =
        error instanceof StationError && error.cause instanceof Error && 'reason' in error.cause
          ? error.cause.reason
          : null;
      if (reason !== 'corrupt' && reason !== 'other') throw error;
      say('The old index cannot be read.');
    }
  }
  for (const backup of await listBackups(backupsDir(folder))) {
    const found = await soundness(backup.path);
    if (!found.sound) {
      say(`${backup.path} cannot be used: ${found.why}.`);
      continue;
    }
    const { store, aside } = await putBackAndOpen(folder, backup, 'before', deps);
    if (aside !== null) say(`It is kept as ${aside}.`);
    say(
      `Users, events and what else is not beside the video are those of the backup of ${new Date(backup.madeMs).toISOString()}. Everybody signs in again.`,
    );
    return { store, sinceMs: backup.madeMs };
  }
  const aside = there ? await putAside(folder.database, 'before', systemClock.nowMs()) : null;
  if (aside !== null) say(`It is kept as ${aside}.`);
  say('There is no backup that can be used: users are made anew at the next start, events are lost.');
  return { store: open(), sinceMs: 0 };
}

async function makeAgain(store: Store, own: VolumeFiles, database: string, sinceMs: number): Promise<void> {
  const mark = store.setting.get(volumeKey) ?? '';
  noteOwnMark(store, mark);
  await adoptVolumeList(store, own.root);
  const volumes = await openVolumes(store, { files: own, mark }, noKeys);
  for (const { path, why } of volumes.away)
    say(`${path} is not here (${why}): what the index knows of it stays, and nothing of it is taken in.`);
  for (const line of await takeFromBeside(store, volumes, sinceMs)) say(line);
  // Rows of files that are taken in again keep nothing of what they were; what is known of the chains stays, lists add to it.
  store.segment.clear(volumes.away.map((v) => v.volume));
  store.rebuildEventDays();
  const taken = await takeIn({ store, volumes, database, progress: createProgress() });
  if (volumes.away.length === 0) store.setting.set(takeInKey, '');
  if (sinceMs !== knowsAll)
    noteAlive(
      store,
      Math.max(0, ...store.streams().map((s) => store.lastSegment(s.id, systemClock.nowMs())?.endMs ?? 0)),
    );
  for (const { path, why } of taken.refused) say(`${path}: nothing in it can be played (${why}); left as it is.`);
  const cameras = new Set(store.streams().map((s) => s.cameraId)).size;
  say(
    `The index was made again: ${taken.segments} segments of ${cameras} cameras taken in, ${taken.refusedCount} files left out.`,
  );
  const locked = store.cameras().filter((c) => c.username !== null && c.sealedPassword === null);
  if (locked.length > 0)
    say(`These cameras need their passwords again: ${locked.map((c) => `${c.number} ${c.name}`).join(', ')}.`);
}
