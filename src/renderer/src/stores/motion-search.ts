/** What moved in a part of a camera's picture, over hours and days. */
import type { Inputs, Outputs } from '#contract/call.ts';
import { station } from './line.ts';

export type MotionAsk = Inputs['motionSearch']['search'];
export type MotionFound = Outputs['motionSearch']['search'];
export const searchMotion = (ask: MotionAsk, signal: AbortSignal): Promise<MotionFound> =>
  station().motionSearch.search(ask, { signal });
