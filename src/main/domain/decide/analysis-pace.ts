/**
 * How much of what a camera's watching asks for the PC manages: less as soon as jobs are dropped, more again bit by bit (additive
 * increase, multiplicative decrease, as in RFC 5681 §3.1). Pure; told once a second per camera.
 */

export type Pace = {
  /** Share of the pictures that are looked at, `leastShare` … 1. */
  share: number;
  /** Seconds since the last drop, and since the share was last lowered. */
  calm: number;
  sinceLowered: number;
};
export const fullPace: Pace = { share: 1, calm: 0, sinceLowered: 0 };

export const leastShare = 0.1;
/** A lower share is given so many seconds to work before it is lowered again. */
export const lowerEvery = 4;
/** So many seconds without a drop raise it by a step. */
export const raiseAfter = 10;
const step = 0.1;

/** `dropped`: of this camera in the last second; that a newer picture took the place of an older one counts too. */
export function setPace(pace: Pace, dropped: number): Pace {
  if (dropped > 0) {
    const first = pace.share === 1;
    if (!first && pace.sinceLowered < lowerEvery) return { ...pace, calm: 0, sinceLowered: pace.sinceLowered + 1 };
    return { share: Math.max(leastShare, pace.share / 2), calm: 0, sinceLowered: 0 };
  }
  const calm = pace.calm + 1;
  const sinceLowered = Math.min(pace.sinceLowered + 1, lowerEvery);
  if (pace.share === 1 || calm < raiseAfter)
    return { share: pace.share, calm: Math.min(calm, raiseAfter), sinceLowered };
  return { share: Math.min(1, pace.share + step), calm: 0, sinceLowered };
}
