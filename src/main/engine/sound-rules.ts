/** What people say of listening to cameras. */
import { AppError } from '#contract/error.ts';
import type { CameraId } from '#domain/id.ts';
import { SoundSettings } from '#domain/sound.ts';
import type { SoundStore } from './sound-port.ts';

export type SoundRules = {
  settings(id: CameraId): SoundSettings;
  /** Throws NOT_FOUND. */
  set(id: CameraId, settings: SoundSettings): void;
  /** The camera is gone from the station. */
  forget(id: CameraId): void;
};

const usual: SoundSettings = SoundSettings.parse({});

export function createSoundRules(deps: {
  store: SoundStore;
  cameraExists: (id: CameraId) => boolean;
  /** What is said of a camera is another now. */
  changed: (id: CameraId) => void;
}): SoundRules {
  const said = new Map<CameraId, SoundSettings>(deps.store.settings().map((s) => [s.cameraId, s.settings]));
  return {
    settings: (id) => said.get(id) ?? usual,
    set(id, settings) {
      if (!deps.cameraExists(id)) throw new AppError('NOT_FOUND', 'There is no such camera.');
      deps.store.setSettings(id, settings);
      said.set(id, settings);
      deps.changed(id);
    },
    forget(id) {
      said.delete(id);
    },
  };
}
