/** The data folder, its index and its volume, opened for this process alone. What `run`, `check` and `rebuild-index` share. */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { StoreError } from '#lib/store-error.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import {
  createSegmentFiles,
  noKeys,
  databaseName,
  DataFolderError,
  openDataFolder,
  openVolume,
  type DataFolder,
  type VolumeFiles,
  type VolumeKeyLookup,
} from '../adapters/files/index.ts';
import { type IndexStore, openWriteStore } from '../adapters/sqlite/index.ts';
import { StationError } from './stop-with.ts';

export type Store = IndexStore;
export const volumeKey = 'volume-id';

/** What a person is told instead of a stack. */
export function toStationError(error: unknown): unknown {
  if (error instanceof StoreError || error instanceof DataFolderError)
    return new StationError(error.message, 1, { cause: error });
  return error;
}

/** Takes the data folder (made if need be). Throws `StationError`. */
export async function takeFolder(path: string, clock: Clock, onLost: () => void): Promise<DataFolder> {
  try {
    return await openDataFolder(path, clock, onLost);
  } catch (error) {
    throw toStationError(error);
  }
}

/** Takes a data folder that must be there already: looking into one makes none. Throws `StationError`. */
export async function takeExisting(path: string, clock: Clock): Promise<DataFolder> {
  const whole = resolve(path);
  if (!existsSync(join(whole, databaseName)) && !existsSync(join(whole, 'video')))
    throw new StationError(`There is no Vigie data in ${whole}. Name the folder that has it with --data.`);
  return await takeFolder(whole, clock, () => undefined);
}

/** Opens the index at `database`. Throws `StationError`. */
export function openIndex(database: string, deps: { clock: Clock; log: Log }): Store {
  const newId = createUlids(() => deps.clock.nowMs());
  try {
    return openWriteStore(database, {
      ...deps,
      newStation: () => ({ id: newId(), name: hostname().slice(0, 80) || 'Vigie' }),
    });
  } catch (error) {
    throw toStationError(error);
  }
}

/**
 * Opens the recorded files of the data folder; the index remembers which volume they are on. `keys` open what is encrypted.
 * Throws `StationError`.
 */
export async function openFiles(
  folder: DataFolder,
  setting: Store['setting'],
  takeOver = false,
  keys: VolumeKeyLookup = noKeys,
): Promise<VolumeFiles> {
  try {
    const volume = await openVolume(folder.path, takeOver ? null : setting.get(volumeKey));
    if (setting.get(volumeKey) !== volume.id) setting.set(volumeKey, volume.id);
    return createSegmentFiles(volume.root, keys, volume.id);
  } catch (error) {
    throw toStationError(error);
  }
}

export const logsDir = (folder: string): string => join(folder, 'logs');
export const keysDir = (folder: string): string => join(folder, 'keys');
