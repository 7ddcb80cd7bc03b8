/**
 * An index that was made anew, or is a copy of earlier, takes over what stands beside the video: cameras, what people said of footage,
 * what the station is set to, and what coverage is proven from.
 */
import { readKeptStation } from '#domain/station-kept.ts';
import { noKeys, readStationNote, type VolumeFiles } from '../adapters/files/index.ts';
import { aliveKey, endedKey } from '../engine/settings.ts';
import type { Log } from '#lib/log.ts';
import { knowCameras } from './know-cameras.ts';
import { knowFolders } from './know-folders.ts';
import { volumeKey, type Store } from './open-data.ts';
import { type OpenedVolumes, openVolumes } from './open-volumes.ts';
import { restoreAccounts } from './restore-accounts.ts';
import { restoreKept } from './restore-kept.ts';
import { settleDeleted } from './settle-deleted.ts';

/** It knows all: only what it lacks is taken over. */
export const knowsAll = Number.POSITIVE_INFINITY;

const count = (n: number, one: string, many: string): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/**
 * `sinceMs`: what the index does not know came after this moment, so that what was written later goes before it. 0: it is empty;
 * `knowsAll`. Answers what was done, in words.
 */
export async function takeFromBeside(store: Store, volumes: OpenedVolumes, sinceMs: number): Promise<string[]> {
  const said: string[] = [];
  const own = volumes.here[0];
  const text = own === undefined || sinceMs === knowsAll ? null : await readStationNote(own.files.root);
  const station = text === null ? null : readKeptStation(text);
  const isNew = station !== null && station.savedMs > sinceMs;
  if (isNew) {
    store.together(() => {
      if (sinceMs === 0) store.station.become(station.id, station.name);
      else store.station.rename(station.name);
      for (const [key, value] of Object.entries(station.settings)) store.setting.set(key, value);
      for (const schedule of station.schedules) store.schedule.save(schedule);
    });
    said.push(
      `Beside the video: what the station “${station.name}” is set to, ${count(station.schedules.length, 'schedule', 'schedules')}.`,
    );
  }
  said.push(...(await knowFolders(store, volumes, sinceMs !== knowsAll)));
  if (isNew) said.push(...knowCameras(store, station));
  const back = await restoreKept(store, { folders: volumes.spread.folders, keptBeside: volumes.keptBeside }, sinceMs);
  if (Object.values(back).some((n) => n > 0))
    said.push(
      `From beside the video: ${[
        count(back.holds, 'hold', 'holds'),
        count(back.bookmarks, 'bookmark', 'bookmarks'),
        `rules of retention of ${count(back.rules, 'camera', 'cameras')}`,
        count(back.zones, 'zone', 'zones'),
        count(back.lines, 'line', 'lines'),
      ].join(', ')}.`,
    );
  if (sinceMs === knowsAll) return said;
  const { streams, deletions, lines, since, savedMs } = await restoreAccounts(store, volumes, sinceMs);
  if (streams > 0)
    said.push(
      `When ${count(streams, 'stream was', 'streams were')} to be recorded and why some of it is missing; ${count(deletions, 'line', 'lines')} of what was deleted.`,
    );
  if (lines > 0) said.push(`Who crossed ${count(lines, 'line', 'lines')}.`);
  const settled = await settleDeleted(store, volumes, since);
  if (settled > 0) said.push(`${count(settled, 'segment', 'segments')} that had been deleted since left the index.`);
  noteAlive(store, Math.max(savedMs ?? 0, station?.savedMs ?? 0));
  return said;
}

/** The station was running then, as far as is known now. */
export function noteAlive(store: Store, atMs: number): void {
  const known = Number(store.setting.get(aliveKey) ?? Number.NaN);
  if (atMs === 0 || (Number.isFinite(known) && known >= atMs)) return;
  // How that run ended nobody knows.
  if (!Number.isFinite(known)) store.setting.set(endedKey, String(atMs));
  store.setting.set(aliveKey, String(atMs));
}

/** The same at the start of a station whose index a backup took the place of; what fails keeps nothing from being recorded. */
export async function takeOver(store: Store, files: VolumeFiles, sinceMs: number, log: Log): Promise<void> {
  try {
    const volumes = await openVolumes(store, { files, mark: store.setting.get(volumeKey) ?? '' }, noKeys);
    for (const line of await takeFromBeside(store, volumes, sinceMs)) log.warn(line);
  } catch (error) {
    log.error('what stands beside the video could not be taken over', { error: String(error) });
  }
}
