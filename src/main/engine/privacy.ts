/** Who is given moving pictures whole although parts of them are private. */
import type { CameraId } from '#domain/id.ts';
import type { Polygon } from '#domain/place.ts';
import { PrivacySettings } from '#domain/privacy.ts';
import { includes } from '#domain/user.ts';
import type { Log } from '#lib/log.ts';
import type { WriteStore } from './ports.ts';
import type { Privacy } from './rooms.ts';

const key = 'privacy';

export function createPrivacy(deps: {
  log: Log;
  setting: WriteStore['setting'];
  /** What of a camera's picture nobody is to see. */
  zones: (id: CameraId) => readonly Polygon[];
}): Privacy {
  const { log, setting } = deps;
  const listeners = new Set<() => void>();
  const usual = PrivacySettings.parse({});
  let settings = PrivacySettings.catch(usual).parse(JSON.parse(setting.get(key) ?? '{}'));
  return {
    settings: () => settings,
    set(said, by) {
      settings = said;
      setting.set(key, JSON.stringify(said));
      log.info('who is given whole video was changed', { wholeFor: said.wholeFor, by });
      for (const listener of listeners) listener();
      return settings;
    },
    zones: deps.zones,
    black: (id, role) => (includes(role, settings.wholeFor) ? [] : deps.zones(id)),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
