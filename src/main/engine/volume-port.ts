/** What the engine needs of volumes, in its own words. Types only. */
/** A volume as the index keeps it. */
export type VolumeRow = {
  volume: number;
  /** The id in its `volume.json`; null: never opened yet. */
  mark: string | null;
  name: string;
  /** Folder that has its `video` folder. */
  path: string;
  /** How much of what is recorded it gets, against the others; 0: nothing while another takes it. */
  weight: number;
  /** Kept free; null: as much as is good for a disk of its size. */
  reserveBytes: number | null;
  addedMs: number;
  /** Nothing more is recorded on it since then. */
  removedMs: number | null;
};

export type VolumeStore = {
  all(): VolumeRow[];
  /** Adds it, or writes it over the one of its number. */
  put(row: VolumeRow): void;
};
