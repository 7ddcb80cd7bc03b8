/**
 * What a user's screens keep: one JSON value per key on the station, with a copy in this browser so that a reload shows it
 * at once and a change made while the station is away is not lost (it is sent when the line is back).
 */
import { station } from './line.ts';

const localKey = (user: string, key: string): string => `vigie.${key}.${user}`;

function readLocal(user: string, key: string): { value: unknown; unsent: boolean } | null {
  try {
    const text = localStorage.getItem(localKey(user, key));
    if (text === null) return null;
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || !('value' in parsed)) return null;
    return { value: parsed.value, unsent: 'unsent' in parsed && parsed.unsent === true };
  } catch {
    return null; // no storage, or not ours: the station's copy is taken
  }
}

function writeLocal(user: string, key: string, value: unknown, unsent: boolean): void {
  try {
    localStorage.setItem(localKey(user, key), JSON.stringify({ value, unsent }));
  } catch {
    // Storage full or forbidden: the station's copy is enough.
  }
}

/**
 * Keeps one preference. `parse` turns stored JSON into a value or null (unknown, older, damaged). `load` answers the local
 * copy at once and `fresh` when the station's differs; `save` writes both, at most one call under way and the newest last.
 */
export function createPreference<T>(key: string, parse: (stored: unknown) => T | null) {
  /** The newest value that the station does not have yet. */
  const unsent: { newest: { user: string; value: T } | null } = { newest: null };
  const newest = (): { user: string; value: T } | null => unsent.newest;
  let sending = false;
  async function send(): Promise<void> {
    if (sending) return;
    sending = true;
    try {
      for (let next = newest(); next !== null; next = newest()) {
        unsent.newest = null;
        try {
          await station().preferences.set({ key, value: next.value });
        } catch {
          unsent.newest ??= next;
          return; // kept in the local copy, sent by the next `save` or `sync`
        }
        if (newest() === null) writeLocal(next.user, key, next.value, false);
      }
    } finally {
      sending = false;
    }
  }
  return {
    local(user: string): T | null {
      const kept = readLocal(user, key);
      return kept === null ? null : parse(kept.value);
    },
    save(user: string, value: T): void {
      writeLocal(user, key, value, true);
      unsent.newest = { user, value };
      void send();
    },
    /** The station's copy, or null where the local one is newer (then that is sent) or there is none. */
    async sync(user: string): Promise<T | null> {
      const kept = readLocal(user, key);
      if (kept?.unsent === true) {
        const value = parse(kept.value);
        if (value !== null) {
          unsent.newest = { user, value };
          await send();
          return null;
        }
      }
      const { value } = await station().preferences.get({ key });
      const parsed = parse(value);
      if (parsed !== null) writeLocal(user, key, parsed, false);
      return parsed;
    },
  };
}
