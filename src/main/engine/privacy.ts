/** Who is given moving pictures whole although parts of them are private. */
import { z } from 'zod';
import type { CameraId } from '#domain/id.ts';
import type { Polygon } from '#domain/place.ts';
import { PrivacySettings, type PrivacyNow } from '#domain/privacy.ts';
import { includes, Role } from '#domain/user.ts';
import type { Log } from '#lib/log.ts';
import type { WriteStore } from './index-port.ts';
import type { Privacy } from './rooms.ts';

const key = 'privacy';
/** What was chosen is kept whole: a part that is missing was lost. */
const Kept = z.object({ wholeFor: Role });

/** Until something is chosen, what is usual; rather too few are given them whole than too many where what was chosen is lost. */
function read(setting: WriteStore['setting'], log: Log): PrivacyNow {
  const kept = setting.get(key);
  if (kept === null) return { ...PrivacySettings.parse({}), unreadable: false };
  try {
    return { ...Kept.parse(JSON.parse(kept)), unreadable: false };
  } catch (error) {
    log.error(
      'who is given whole video of cameras with private zones cannot be read: administrators alone, until it is chosen anew',
      {
        error: String(error),
      },
    );
    return { wholeFor: 'administrator', unreadable: true };
  }
}

export function createPrivacy(deps: {
  log: Log;
  setting: WriteStore['setting'];
  /** What of a camera's picture nobody is to see. */
  zones: (id: CameraId) => readonly Polygon[];
}): Privacy {
  const { log, setting } = deps;
  const listeners = new Set<() => void>();
  let settings = read(setting, log);
  return {
    settings: () => settings,
    set(said, by) {
      settings = { ...said, unreadable: false };
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
