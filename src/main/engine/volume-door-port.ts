/** What the engine needs of the disk to have several volumes, in its own words. Types only. */
import type { VolumeKeys } from './keys-port.ts';
import type { SegmentFiles } from './segment-file-port.ts';
import type { VolumeRow } from './volume-port.ts';

/** What one look at a volume brings. */
export type VolumeLook = {
  /** null: no id file is there. */
  mark: string | null;
  totalBytes: number;
  freeBytes: number;
  /** Why a small write failed (errno); null: it did not. */
  refusal: string | null;
  /** How long that write took with its sync. */
  writeMs: number;
};

/** What is at a path that might become a volume. */
export type FoundPlace = {
  /** Absolute, links resolved as far as it exists. */
  path: string;
  /** The folder is there. */
  exists: boolean;
  /** The id file in it; null: there is none. `station` null: it does not say whose it is. */
  mark: { id: string; station: string | null } | null;
  /** Of the file system it is on: the same text for all paths of one. */
  device: string;
  fileSystem: string;
  network: boolean;
  totalBytes: number;
  freeBytes: number;
  /** Why it cannot become a volume, in words and as the system's error or `not-whole` (no path from the root on); null: it can. */
  refusal: { code: string; message: string } | null;
};

/** The volumes as the disk has them. Everything rejects with the system's error, and any of it may hang. */
export type VolumeDoor = {
  /** Its `video` folder. */
  rootOf(path: string): string;
  /** `mark`: the id that it is known by; where another one is, nothing is written to it. null: any is right. */
  look(root: string, mark: string | null): Promise<VolumeLook>;
  survey(path: string): Promise<FoundPlace>;
  /** Makes the folder if need be and a new volume in it; answers its id. */
  make(path: string, station: string): Promise<string>;
  /** The file system that a path is on. */
  deviceOf(path: string): Promise<{ device: string; fileSystem: string; network: boolean }>;
  /** `mark`: the id that it is known by. */
  files(root: string, mark: string | null): SegmentFiles;
  /** Start of the day of its oldest footage; null: it has none. */
  oldestDayMs(root: string): Promise<number | null>;
  /** Opens the keys beside its video. */
  keys(root: string, mark: string): Promise<VolumeKeys>;
  /** Writes down beside the own volume's video which others there are, so that a new index finds them. */
  note(rows: readonly VolumeRow[]): Promise<void>;
  /** Writes down beside the own volume's video what the station is set to (`station.json`). */
  noteStation(json: string): Promise<void>;
};
