/** How much of what should have been recorded was. */
import type { Outputs } from '#contract/call.ts';
import type { CameraId } from '#domain/id.ts';
import { station } from './line.ts';

export type Proof = Outputs['coverage']['prove'];
export type Missing = Outputs['coverage']['missing']['missing'];

export const prove = (edgesMs: number[], signal: AbortSignal): Promise<Proof> =>
  station().coverage.prove({ edgesMs }, { signal });

export const missingOf = (
  ask: { id: CameraId; fromMs: number; toMs: number },
  signal: AbortSignal,
): Promise<Outputs['coverage']['missing']> => station().coverage.missing(ask, { signal });
