/** When a device's clock counts as off, and as right again. Pure. */

/** Off by more than this, ms: events and recordings of two cameras no longer fit together. */
export const clockOffMs = 2_000;
/** Right again within this, so that a clock at the limit makes no chain of events. */
export const clockRightMs = 1_000;

/** `offsetMs` null: not known, nothing changes. */
export function clockOff(was: boolean, offsetMs: number | null): boolean {
  if (offsetMs === null) return was;
  const by = Math.abs(offsetMs);
  return was ? by > clockRightMs : by > clockOffMs;
}
