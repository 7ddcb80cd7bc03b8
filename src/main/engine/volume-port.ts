/** What the index keeps of volumes, in the engine's words. Types only. */
import type { StreamId } from '#domain/id.ts';
import type { SyncPolicy } from '#domain/volume.ts';

/** A volume as the index keeps it. */
export type VolumeRow = {
  volume: number;
  /** The id in its `volume.json`; null: never opened yet. */
  mark: string | null;
  name: string;
  /** Folder that has its `video` folder; empty: the data folder, wherever that lies. */
  path: string;
  /** How much of what is recorded it gets, against the others; 0: nothing while another takes it. */
  weight: number;
  /** Kept free; null: as much as is good for a disk of its size. */
  reserveBytes: number | null;
  sync: SyncPolicy;
  addedMs: number;
  /** Nothing more is recorded on it since then. */
  pausedMs: number | null;
};

export type VolumeStore = {
  all(): VolumeRow[];
  /** Adds it, or writes it over the one of its number. */
  put(row: VolumeRow): void;
  /** Takes out one that has no segments any more. Never the own one. */
  remove(volume: number): void;
  /** Start of the oldest and of the newest segment of a stream that lies there; null: none does. */
  span(streamId: StreamId, volume: number): { oldestMs: number; newestMs: number } | null;
};
