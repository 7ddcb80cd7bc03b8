/** The keys of volumes as the engine last told them: one that encrypts what begins now, and all that open what is there. */
import type { KeyObject } from 'node:crypto';
import type { SegmentKeys } from '#lib/segment-cipher.ts';
import type { VolumeKeyRing } from '../port.ts';

export type WritingKey = { id: string; key: KeyObject };

export type VolumeKeys = SegmentKeys & {
  take(volumes: readonly VolumeKeyRing[]): void;
  /** What new segments below this root are encrypted with; null: nothing. */
  writing(root: string): WritingKey | null;
};

export function createVolumeKeys(): VolumeKeys {
  const writing = new Map<string, WritingKey>();
  const known = new Map<string, KeyObject>();
  return {
    take(volumes) {
      writing.clear();
      known.clear();
      for (const volume of volumes) {
        for (const { id, key } of volume.keys) {
          known.set(id, key);
          if (id === volume.writing) writing.set(volume.root, { id, key });
        }
      }
    },
    writing: (root) => writing.get(root) ?? null,
    find: (keyId) => known.get(keyId) ?? null,
  };
}
