/** A span as a grid of moments, for searching by eye. */
import type { Outputs } from '#contract/call.ts';
import type { CameraId } from '#domain/id.ts';
import { station } from './line.ts';

export type Cells = Outputs['thumbnails']['grid'];

export const gridOf = (
  ask: { id: CameraId; fromMs: number; toMs: number; count: number },
  signal: AbortSignal,
): Promise<Cells> => station().thumbnails.grid(ask, { signal });
