/** The keys of a volume, opened by this station's secrets. */
import { join } from 'node:path';
import { openVolumeKeys } from '../adapters/auth/index.ts';
import { createKeysFile, type DataFolder } from '../adapters/files/index.ts';
import type { Secrets } from '../engine/ports.ts';
import type { VolumeKeys } from '../engine/keys-port.ts';
import { keysDir, volumeKey, type Store } from './open-data.ts';
import { StationError } from './stop-with.ts';

/** Throws `StationError` when the disk does not give them. `readOnly`: only to look. */
export async function openKeysOf(deps: {
  folder: DataFolder;
  /** The volume's `video` folder. */
  root: string;
  store: Pick<Store, 'setting' | 'station'>;
  secrets: Secrets | null;
  nowMs: () => number;
  readOnly?: boolean;
}): Promise<VolumeKeys> {
  const { folder, root, store, secrets, nowMs, readOnly = false } = deps;
  const volume = store.setting.get(volumeKey) ?? '';
  try {
    return await openVolumeKeys({
      file: createKeysFile(root, join(keysDir(folder.path), `volume-${volume}.json`)),
      volume,
      station: { id: store.station.get().id, secrets },
      nowMs,
      readOnly,
    });
  } catch (error) {
    throw new StationError(
      `The keys of the recorded video cannot be read: ${error instanceof Error ? error.message : String(error)}. Make ${join(root, 'keys.json')} readable, then start again.`,
      1,
      { cause: error },
    );
  }
}
