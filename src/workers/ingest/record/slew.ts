/**
 * Moves the times of a stream that would begin a little before the end of what is recorded, behind it, and gives the time back:
 * 20 ms a second, so that what is recorded is right again within minutes and never runs backwards. Pure.
 */
import type { AccessUnit } from '#media/format.ts';

/** Of the time that passes. */
const rate = 0.02;

export type Slew = {
  /** From this moment on times are moved ahead by so much; 0: as they are. */
  begin(atUs: number, byUs: number): void;
  /** The unit with the times that it is recorded with; the same unit where nothing is moved. */
  moved(unit: AccessUnit): AccessUnit;
};

export function createSlew(): Slew {
  let fromUs = 0;
  let leadUs = 0;
  const lead = (us: number): number => Math.max(0, leadUs - Math.max(0, us - fromUs) * rate);
  return {
    begin(atUs, byUs) {
      fromUs = atUs;
      leadUs = byUs;
    },
    moved(unit) {
      if (leadUs === 0) return unit;
      if (unit.track === 'video' && lead(unit.dtsUs) === 0) {
        leadUs = 0;
        return unit;
      }
      return {
        ...unit,
        ptsUs: Math.round(unit.ptsUs + lead(unit.ptsUs)),
        dtsUs: Math.round(unit.dtsUs + lead(unit.dtsUs)),
      };
    },
  };
}
