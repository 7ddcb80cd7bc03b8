/** The keys of all volumes, as readers of segments look them up: a key's name is one of its own, whichever volume it is of. */
import type { KeyObject } from 'node:crypto';
import type { VolumeKeys } from '../../engine/keys-port.ts';

export type Keyring = {
  add(keys: VolumeKeys): void;
  remove(keys: VolumeKeys): void;
  find(keyId: string): KeyObject | null;
  isDestroyed(keyId: string): boolean;
};

export function createKeyring(): Keyring {
  const all = new Set<VolumeKeys>();
  return {
    add: (keys) => {
      all.add(keys);
    },
    remove: (keys) => {
      all.delete(keys);
    },
    find(keyId) {
      for (const keys of all) {
        const key = keys.find(keyId);
        if (key !== null) return key;
      }
      return null;
    },
    isDestroyed: (keyId) => [...all].some((keys) => keys.isDestroyed(keyId)),
  };
}
