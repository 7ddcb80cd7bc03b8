/** How much room a volume needs now, so that it is never full while it is written to. Pure. */
import { lowBelowBytes } from './disk-state.ts';

/** Room is made for what is written within this time. */
export const aheadMs = 600_000;

export type SpaceNeed = {
  /** What stays free whatever happens. */
  reserveBytes: number;
  /** The reserve, and what will be written within ten minutes (a tenth of the volume at most). */
  targetBytes: number;
  /** Missing from the target. */
  bytes: number;
  /** Missing from half of the reserve: below it, minima are broken rather than that the disk is full. */
  emergencyBytes: number;
};

/** No more of a volume is kept free, whatever was said: half of it. */
export const mostReserveBytes = (totalBytes: number): number => Math.floor(totalBytes / 2);

/** `reserveBytes` null: a fifth more than what counts as low, so that a disk that Vigie alone fills is never low. */
export function spaceNeed(of: {
  totalBytes: number;
  freeBytes: number;
  reserveBytes: number | null;
  writeBytesPerSecond: number;
}): SpaceNeed {
  const reserveBytes = Math.min(of.reserveBytes ?? lowBelowBytes(of.totalBytes) * 1.2, mostReserveBytes(of.totalBytes));
  const ahead = Math.min((of.writeBytesPerSecond * aheadMs) / 1000, of.totalBytes / 10);
  const targetBytes = reserveBytes + ahead;
  return {
    reserveBytes,
    targetBytes,
    bytes: Math.max(0, targetBytes - of.freeBytes),
    emergencyBytes: Math.max(0, reserveBytes / 2 - of.freeBytes),
  };
}
