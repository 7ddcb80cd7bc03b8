/** Volumes as `engine/api` sees them. Types only. */
import type { Caller } from '#contract/call.ts';
import type { Volume, VolumeFootage, VolumePlace, VolumeSettings } from '#domain/volume.ts';
import type { VolumeRow } from './volume-port.ts';

export type Volumes = {
  /** Calls to some volume have not come back: the process cannot end by itself. */
  hanging(): boolean;
  list(): Volume[];
  /** What each is called, and where it is. */
  places(): { volume: number; name: string; path: string }[];
  /** Throws INVALID, CONFLICT, UNAVAILABLE where the path hangs. */
  look(path: string): Promise<VolumePlace>;
  /** As `look`. */
  add(asked: NewVolume, caller: Caller): Promise<Volume>;
  /** Throws NOT_FOUND. */
  change(
    volume: number,
    change: { [K in keyof VolumeSettings]?: VolumeSettings[K] | undefined },
    caller: Caller,
  ): Promise<Volume>;
  /** Throws NOT_FOUND. */
  footage(volume: number): VolumeFootage;
  /** Throws NOT_FOUND, CONFLICT. */
  remove(volume: number, said: { footageGone: boolean; segments?: number | undefined }, caller: Caller): Promise<void>;
};
export type NewVolume = Pick<VolumeRow, 'path' | 'name' | 'weight' | 'reserveBytes' | 'sync'> & { sameDisk: boolean };
