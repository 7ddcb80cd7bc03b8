/** What disks are called and how they stand, in words. */
import type { Volume } from '#domain/volume.ts';
import { diskCalled } from '../../ui/disk-name.ts';
import type { Tone } from '../../ui/mark.tsx';

export const diskName = ({ name, own, path, volume }: Pick<Volume, 'name' | 'own' | 'path' | 'volume'>): string =>
  diskCalled({ name, path: own ? '' : path, volume });

/** The same by its number; `path`: where it is, where that is known before the disks were read. */
export const diskNameIn = (list: readonly Volume[] | null, volume: number, path = ''): string => {
  const disk = list?.find((one) => one.volume === volume);
  return disk === undefined ? diskCalled({ path, volume }) : diskName(disk);
};

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
