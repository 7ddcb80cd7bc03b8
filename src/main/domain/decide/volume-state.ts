/** What becomes of a volume's state by what is seen of it, and whether new footage goes there. Pure. */
import type { VolumeState } from '../volume.ts';

export type VolumeSight =
  /** It answered. `mark`: the id in it, null: there is none. `refusal`: why the small write failed. */
  | {
      is: 'seen';
      mark: string | null;
      totalBytes: number;
      freeBytes: number;
      /** What is to be kept free. */
      reserveBytes: number;
      refusal: string | null;
      writeMs: number;
    }
  /** It could not be looked at (errno). */
  | { is: 'failed'; code: string }
  /** A look, or a write, that has not come back for so long. */
  | { is: 'silent'; forMs: number }
  /** What was being recorded there was refused (errno). */
  | { is: 'refused'; code: string };

/** How good it is for new footage. good · pinch: only while no other is good · no. */
export type Fitness = 'good' | 'pinch' | 'no';

export type VolumeCondition = {
  state: VolumeState;
  /** On the steady clock. */
  sinceMs: number;
  /** It has room; false: nearly none, and retention found none to make. */
  roomy: boolean;
  /** Looks in a row whose small write was slow (positive) or quick again (negative). */
  slowLooks: number;
  /** It came back lately: not good before this moment. */
  restUntilMs: number;
  /** How long it has to rest after the next time that it goes away. */
  nextRestMs: number;
  /** When it last went away. */
  leftMs: number;
};

/** A write of some bytes that takes so long says that the disk is slow; quick again below half of it. */
export const slowWriteMs = 2_000;
/** So many slow looks in a row make a volume slow, twice as many quick ones end it. */
const slowAfterLooks = 3;
/** A volume that gives no answer for so long is silent. */
export const silentAfterMs = 4_000;
export const firstRestMs = 10_000;
export const longestRestMs = 600_000;
/** After so long without trouble a rest is short again. */
const forgivenAfterMs = 3_600_000;

export const unseenVolume = (atMs: number): VolumeCondition => ({
  state: 'unseen',
  sinceMs: atMs,
  roomy: true,
  slowLooks: 0,
  restUntilMs: 0,
  nextRestMs: firstRestMs,
  leftMs: Number.NEGATIVE_INFINITY,
});

const full = new Set(['ENOSPC', 'EDQUOT']);
const readOnly = new Set(['EROFS', 'EACCES', 'EPERM']);
const absent = new Set(['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO', 'ESTALE', 'ENOTCONN', 'EHOSTDOWN', 'EHOSTUNREACH']);

const stateOfCode = (code: string): VolumeState => {
  if (full.has(code)) return 'full';
  if (readOnly.has(code)) return 'read-only';
  return absent.has(code) ? 'missing' : 'error';
};

/** What one sight says by itself; null: nothing yet. */
function said(
  was: VolumeCondition,
  mark: string,
  sight: VolumeSight,
): { state: VolumeState; slowLooks: number } | null {
  switch (sight.is) {
    case 'silent':
      return sight.forMs < silentAfterMs ? null : { state: 'silent', slowLooks: 0 };
    case 'failed':
    case 'refused':
      return { state: stateOfCode(sight.code), slowLooks: 0 };
    case 'seen': {
      if (sight.mark === null) return { state: 'missing', slowLooks: 0 };
      if (sight.mark !== mark) return { state: 'swapped', slowLooks: 0 };
      if (sight.refusal !== null) return { state: stateOfCode(sight.refusal), slowLooks: 0 };
      const wasSlow = was.state === 'slow';
      const slow = sight.writeMs >= slowWriteMs;
      const quick = sight.writeMs < slowWriteMs / 2;
      const looks = slow ? Math.max(0, was.slowLooks) + 1 : quick ? Math.min(0, was.slowLooks) - 1 : 0;
      if (wasSlow)
        return looks <= -2 * slowAfterLooks ? { state: 'ok', slowLooks: 0 } : { state: 'slow', slowLooks: looks };
      return looks >= slowAfterLooks ? { state: 'slow', slowLooks: 0 } : { state: 'ok', slowLooks: Math.max(0, looks) };
    }
  }
}

/** Nothing can be recorded in these states. */
const away = (state: VolumeState): boolean => state !== 'ok' && state !== 'slow';

/**
 * `mark`: the id that the volume is known by. A volume that goes away comes back at once for what is recorded there, and for new
 * footage after a rest, which is doubled each time that it goes away again within an hour.
 */
export function volumeStep(was: VolumeCondition, mark: string, atMs: number, sight: VolumeSight): VolumeCondition {
  const now = said(was, mark, sight);
  if (now === null) return was;
  const roomy =
    sight.is !== 'seen'
      ? was.roomy
      : was.roomy
        ? sight.freeBytes >= sight.reserveBytes / 4
        : sight.freeBytes >= sight.reserveBytes / 2;
  const next = { ...was, ...now, roomy, sinceMs: now.state === was.state ? was.sinceMs : atMs };
  if (was.state === 'unseen' || away(was.state) === away(next.state)) return next;
  if (away(next.state)) {
    const again = atMs - was.leftMs < forgivenAfterMs;
    return { ...next, leftMs: atMs, nextRestMs: again ? Math.min(was.nextRestMs * 2, longestRestMs) : firstRestMs };
  }
  return { ...next, restUntilMs: atMs + was.nextRestMs };
}

export function fitnessOf(of: VolumeCondition, atMs: number): Fitness {
  if (away(of.state)) return 'no';
  return of.state === 'ok' && of.roomy && atMs >= of.restUntilMs ? 'good' : 'pinch';
}
