/** The volumes that video is recorded on: which are here, where a segment's file is, and where a stream goes on. */
import { AppError } from '#contract/error.ts';
import type { StreamId } from '#domain/id.ts';
import { ownVolume } from '#domain/volume.ts';
import type { SegmentFiles } from './ports.ts';
import { createSpreadFiles, type SpreadFiles } from './spread-files.ts';

export type HereVolume = { volume: number; files: SegmentFiles };

export type VolumeRoom = {
  /** Those that are here now. */
  here(): HereVolume[];
  /** null: not here now. */
  filesOf(volume: number): SegmentFiles | null;
  /** Throws UNAVAILABLE (reason `volume-away`). */
  need(volume: number): SegmentFiles;
  /** Where a stream is recorded. */
  choose(streamId: StreamId): { volume: number; root: string };
  /** What lies in a camera's folder on every volume that is here. */
  spread: SpreadFiles;
};

/** Rooms that only look files up. */
export type VolumeLookup = Pick<VolumeRoom, 'here' | 'filesOf' | 'need'>;

export function createVolumes(deps: { own: SegmentFiles }): VolumeRoom {
  const open = new Map<number, SegmentFiles>([[ownVolume, deps.own]]);
  const here = (): HereVolume[] => [...open].map(([volume, files]) => ({ volume, files }));
  const filesOf = (volume: number): SegmentFiles | null => open.get(volume) ?? null;
  return {
    here,
    filesOf,
    need(volume) {
      const files = filesOf(volume);
      if (files === null)
        throw new AppError(
          'UNAVAILABLE',
          'This recording is on a disk that is not here now. It plays again when that disk is plugged in or mounted.',
          { data: { reason: 'volume-away' } },
        );
      return files;
    },
    choose: () => ({ volume: ownVolume, root: deps.own.root }),
    spread: createSpreadFiles(here),
  };
}
