/**
 * When motion begins and ends as an event: something was followed for long enough and surely enough, and nothing has moved for a
 * while. Global changes neither begin nor prolong one. Pure.
 */
import type { MotionWhy } from '../event-why.ts';
import type { Box } from '../place.ts';
import { secondLookUs } from './between-looks.ts';
import type { MotionResult } from './motion-gate.ts';

/** So much evidence (`FollowedRegion.evidence`) is enough: two pictures of something large, more of something small. */
const enough = 1.6;
/**
 * Of the least time this much is enough: a camera that gives a picture a second gives it a little early at times, since its clock is
 * led towards the station's, and would have to give a third one.
 */
const nearly = 0.9;
/** Without motion for so long, ms, it is over: shorter pauses are of the same event. */
export const motionOverMs = 10_000;

export type MotionEvents = { fromMs: number; lastMs: number } | null;
export const noMotion: MotionEvents = null;

export type MotionBegan = Pick<MotionWhy, 'atMs' | 'cells' | 'area' | 'evidence' | 'enough' | 'forMs'>;
export type MotionOutput =
  /** `fromMs`: when it was first seen. `why`: what of the decision the settings do not say. */
  | { is: 'begin'; fromMs: number; box: Box; why: MotionBegan }
  /** `atMs`: when it moved last. */
  | { is: 'end'; atMs: number };

/**
 * Something moves that is no event yet, and another look `secondLookUs` later may make it one. Not while drops or flakes fall
 * or the camera trembles: the oftener one looks, the sooner some of that lies in a row.
 */
export const isUnsure = (
  state: MotionEvents,
  { result: { atMs, is, regions, restless }, minMotionMs }: { result: MotionResult; minMotionMs: number },
): boolean =>
  state === null &&
  is === 'motion' &&
  !restless &&
  regions.some((r) => atMs + secondLookUs / 1_000 - r.sinceMs >= nearly * minMotionMs);

export function motionEvents(
  state: MotionEvents,
  { result, minMotionMs }: { result: MotionResult; minMotionMs: number },
): [MotionEvents, MotionOutput[]] {
  const { atMs, is, regions } = result;
  if (state !== null) {
    if (is === 'motion') return [{ ...state, lastMs: atMs }, []];
    if (atMs - state.lastMs < motionOverMs && atMs >= state.lastMs) return [state, []];
    return [null, [{ is: 'end', atMs: state.lastMs }]];
  }
  const sure = regions.find((r) => r.evidence >= enough && atMs - r.sinceMs >= nearly * minMotionMs);
  if (is !== 'motion' || sure === undefined) return [null, []];
  const { sinceMs, box, area, evidence } = sure;
  const cells = result.cells.reduce((sum, cell) => sum + cell, 0);
  const why: MotionBegan = { ...{ atMs, cells, area, evidence, enough }, forMs: Math.max(0, atMs - sinceMs) };
  return [{ fromMs: sinceMs, lastMs: atMs }, [{ is: 'begin', fromMs: sinceMs, box, why }]];
}
