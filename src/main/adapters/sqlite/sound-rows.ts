import { z } from 'zod';
import { CameraId } from '#domain/id.ts';
import { SoundSettings } from '#domain/sound.ts';
import type { SoundStore } from '../../engine/sound-port.ts';
import type { Connection } from './connection.ts';

const Settings = z.object({ cameraId: CameraId, settings: SoundSettings });

/** How cameras are listened to. JSON in a column is checked like anything that comes from outside. */
export function createSoundRows({ db, read, write }: Connection): SoundStore {
  const settings = db.prepare<[], { camera_id: string; settings: string }>(
    `SELECT camera_id, settings FROM sound_settings
     WHERE camera_id IN (SELECT id FROM camera WHERE removed_ms IS NULL)`,
  );
  const setSettings = db.prepare(
    `INSERT INTO sound_settings (camera_id, settings) VALUES (?, ?)
     ON CONFLICT (camera_id) DO UPDATE SET settings = excluded.settings`,
  );
  return {
    settings: () =>
      read('sound settings', () =>
        settings
          .all()
          .map((r) => Settings.parse({ cameraId: r.camera_id, settings: JSON.parse(r.settings) as unknown })),
      ),
    setSettings: (cameraId, said) =>
      write('set sound settings', () => {
        setSettings.run(cameraId, JSON.stringify(said));
      }),
  };
}
