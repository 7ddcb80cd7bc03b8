/** The volumes as other rooms see them and look files up on them. Types only. */
import type { Fitness, VolumeCondition } from '#domain/decide/volume-state.ts';
import type { StreamId } from '#domain/id.ts';
import type { SyncPolicy } from '#domain/volume.ts';
import type { SegmentFiles } from './segment-file-port.ts';
import type { SpreadFiles } from './spread-files.ts';
import type { VolumeRow } from './volume-port.ts';

export type HereVolume = { volume: number; files: SegmentFiles };

/** Where a stream is recorded. */
export type VolumeChoice = { volume: number; root: string; sync: SyncPolicy; mark?: string };

/** A volume as the other rooms see it. */
export type SeenVolume = {
  row: VolumeRow;
  path: string;
  root: string;
  state: VolumeCondition['state'];
  sinceMs: number;
  trouble: string | null;
  here: boolean;
  fitness: Fitness;
  /** Another object with every look; null: never seen. */
  space: { totalBytes: number; freeBytes: number } | null;
  writeMs: number | null;
  fileSystem: string;
  device: string;
};

/** Rooms that only look files up. */
export type VolumeLookup = {
  /** Those that are here now. */
  here(): HereVolume[];
  /** null: not here now. */
  filesOf(volume: number): SegmentFiles | null;
  /** Throws UNAVAILABLE (reason `volume-away`). */
  need(volume: number): SegmentFiles;
  /** What lies in a camera's folder on every volume that is here. */
  spread: SpreadFiles;
  /** Where a stream is recorded; the own volume where it is not. */
  placeOf(streamId: StreamId): number;
};
