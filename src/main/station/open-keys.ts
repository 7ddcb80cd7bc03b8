/** The keys of a volume, opened by this station's secrets. */
import { join } from 'node:path';
import { openVolumeKeys } from '../adapters/auth/index.ts';
import { createKeysFile, type DataFolder } from '../adapters/files/index.ts';
import type { Secrets } from '../engine/secret-port.ts';
import type { VolumeKeys } from '../engine/keys-port.ts';
import { keysDir, volumeKey, type Store } from './open-data.ts';
import { StationError } from './stop-with.ts';

type KeysOf = {
  folder: DataFolder;
  /** The volume's `video` folder. */
  root: string;
  store: Pick<Store, 'setting' | 'station'>;
  secrets: Secrets | null;
  nowMs: () => number;
  readOnly?: boolean;
};

/** Those of the volume with the id `mark`. Rejects with the system's error. */
export const openKeysAt = (
  { folder, root, store, secrets, nowMs, readOnly = false }: KeysOf,
  mark: string,
): Promise<VolumeKeys> =>
  openVolumeKeys({
    file: createKeysFile(root, join(keysDir(folder.path), `volume-${mark}.json`)),
    volume: mark,
    station: { id: store.station.get().id, secrets },
    nowMs,
    readOnly,
  });

/** Those of the data folder's own volume. Throws `StationError` when the disk does not give them. `readOnly`: only to look. */
export async function openKeysOf(deps: KeysOf): Promise<VolumeKeys> {
  try {
    return await openKeysAt(deps, deps.store.setting.get(volumeKey) ?? '');
  } catch (error) {
    throw new StationError(
      `The keys of the recorded video cannot be read: ${error instanceof Error ? error.message : String(error)}. Make ${join(deps.root, 'keys.json')} readable, then start again.`,
      1,
      { cause: error },
    );
  }
}
