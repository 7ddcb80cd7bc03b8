/** What the state of the recording disk is, from what was seen of it. Pure. */
export type DiskState = 'ok' | 'low' | 'full' | 'error';
export type DiskSight = {
  /** null: the volume could not be looked at. */
  space: { totalBytes: number; freeBytes: number; writable: boolean } | null;
  /** errno codes with which it refuses to be written now. */
  refusals: readonly string[];
};

const gib = 2 ** 30;
const fullCodes = new Set(['ENOSPC', 'EDQUOT']);
/** It has no room, or its quota is used up (errno). */
export const isFull = (code: string): boolean => fullCodes.has(code);

/** Below this much free space a person should know: 2 % of the volume, but between 1 and 20 GiB (a tenth of a small one). */
export const lowBelowBytes = (totalBytes: number): number =>
  Math.min(totalBytes / 10, Math.max(gib, Math.min(20 * gib, totalBytes / 50)));

/** `was` keeps a disk near the border from flickering: it is no longer low only with a tenth more than the border. */
export function diskState(was: DiskState, { space, refusals }: DiskSight): DiskState {
  if (refusals.some(isFull)) return 'full';
  if (refusals.length > 0 || space === null || !space.writable) return 'error';
  const border = lowBelowBytes(space.totalBytes) * (was === 'ok' ? 1 : 1.1);
  return space.freeBytes < border ? 'low' : 'ok';
}
