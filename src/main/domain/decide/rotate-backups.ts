/** Which backups of the index are kept: the newest of each of the last days and of each of the last weeks. */
import { dayMs } from '../time.ts';

export type Rotation = { days: number; weeks: number };
export const usualRotation: Rotation = { days: 7, weeks: 4 };

const weekMs = 7 * dayMs;

/**
 * Answers the times of those that may be deleted. The newest is always kept, whatever the clock says, and so is what lies in the
 * future: a clock that was set back is no reason to lose a backup.
 */
export function rotateBackups(madeMs: readonly number[], nowMs: number, rotation: Rotation = usualRotation): number[] {
  const newestFirst = [...madeMs].sort((a, b) => b - a);
  const kept = new Set<number>(newestFirst.slice(0, 1));
  const keepPer = (lengthMs: number, count: number): void => {
    const taken = new Set<number>();
    for (const at of newestFirst) {
      const age = Math.floor((nowMs - at) / lengthMs);
      if (age >= count || taken.has(age)) continue;
      taken.add(age);
      kept.add(at);
    }
  };
  for (const at of newestFirst) if (at > nowMs) kept.add(at);
  keepPer(dayMs, rotation.days);
  keepPer(weekMs, rotation.weeks);
  return newestFirst.filter((at) => !kept.has(at));
}
