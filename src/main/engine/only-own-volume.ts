import { AppError } from '#contract/error.ts';
import { ownVolume } from '#domain/volume.ts';
import type { SegmentFiles } from './segment-file-port.ts';
import { createSpreadFiles } from './spread-files.ts';
import type { HereVolume, VolumeLookup } from './volume-lookup.ts';

/** For rooms that know of the data folder's own volume alone. */
export function onlyOwnVolume(own: SegmentFiles): VolumeLookup {
  const here = (): HereVolume[] => [{ volume: ownVolume, files: own }];
  const filesOf = (volume: number): SegmentFiles | null => (volume === ownVolume ? own : null);
  return {
    here,
    filesOf,
    need(volume) {
      const files = filesOf(volume);
      if (files === null) throw new AppError('UNAVAILABLE', undefined, { data: { reason: 'volume-away' } });
      return files;
    },
    spread: createSpreadFiles(here, () => undefined),
    placeOf: () => ownVolume,
  };
}
