/** The last half minute of levels, as the meter draws it. Pure. */
import { levelMs, type SoundLook } from '#domain/sound.ts';

/** What the meter shows: quieter is at its start. dBFS. */
export const meterFloorDb = -80;
export const historyMs = 30_000;
const most = historyMs / levelMs;

export type SoundHistory = {
  /** rmsDb of each `levelMs`, the newest last. */
  levels: readonly number[];
  rmsDb: number;
  /** The highest peak of the last two seconds. */
  peakDb: number;
  peaks: readonly number[];
  look: SoundLook;
};

export function addLook(before: SoundHistory | null, look: SoundLook): SoundHistory {
  const levels = [...(before?.levels ?? []), ...look.levels.map((l) => l.rmsDb)].slice(-most);
  const peaks = [...(before?.peaks ?? []), ...look.levels.map((l) => l.peakDb)].slice(-2_000 / levelMs);
  const rmsDb = look.levels.at(-1)?.rmsDb ?? before?.rmsDb ?? meterFloorDb;
  return { levels, rmsDb, peaks, peakDb: Math.max(meterFloorDb, ...peaks), look };
}

/** Where a level lies on the meter, 0 … 1. */
export const placeOf = (db: number): number => Math.min(1, Math.max(0, (db - meterFloorDb) / -meterFloorDb));

/** The history as an SVG path in a box of `width` × `height`, the newest at the right edge; empty where there is nothing. */
export function historyPath(levels: readonly number[], width: number, height: number): string {
  if (levels.length === 0) return '';
  const x = (i: number): number => width - ((levels.length - 1 - i) * width) / (most - 1);
  const y = (db: number): number => height * (1 - placeOf(db));
  const line = levels.map((db, i) => `L${x(i).toFixed(1)} ${y(db).toFixed(1)}`).join('');
  return `M${x(0).toFixed(1)} ${String(height)}${line}L${String(width)} ${String(height)}Z`;
}
