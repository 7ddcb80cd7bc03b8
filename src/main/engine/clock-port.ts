/** Where the station's clock was not continuous (adapters/sqlite). Types only. */
import type { ClockSeam } from '#domain/clock-seam.ts';

/** Where the station's clock was not continuous. */
export type ClockStore = {
  /** Takes a seam in; one that is there already stays as it is. */
  add(seam: ClockSeam): void;
  /** All, by number. */
  seams(): ClockSeam[];
};
