/** What disks are called and how they stand, in words. */
import type { Volume } from '#domain/volume.ts';
import { t } from '../../text/index.ts';
import type { Tone } from '../../ui/mark.tsx';

export const diskName = ({ name, own, path }: Pick<Volume, 'name' | 'own' | 'path'>): string =>
  name !== '' ? name : own ? t('storage.disk.own') : path;

export function diskTone({ state, paused }: Pick<Volume, 'state' | 'paused'>): Tone {
  switch (state) {
    case 'ok':
      return paused ? 'off' : 'ok';
    case 'unseen':
      return 'off';
    case 'slow':
    case 'full':
    case 'read-only':
      return 'warn';
    case 'missing':
    case 'swapped':
    case 'silent':
    case 'error':
      return 'bad';
  }
}
