/** A span as a grid of moments, for searching by eye, and the room of its small pictures. */
import { create } from 'zustand';
import type { Outputs } from '#contract/call.ts';
import type { CameraId } from '#domain/id.ts';
import type { ThumbnailStatus } from '#domain/thumbnail.ts';
import { station } from './line.ts';

export type Cells = Outputs['thumbnails']['grid'];

export const gridOf = (
  ask: { id: CameraId; fromMs: number; toMs: number; count: number },
  signal: AbortSignal,
): Promise<Cells> => station().thumbnails.grid(ask, { signal });

export const useThumbnails = create<{ status: ThumbnailStatus | null }>(() => ({ status: null }));

export async function readThumbnails(signal: AbortSignal): Promise<void> {
  useThumbnails.setState({ status: await station().thumbnails.status({}, { signal }) });
}
export async function limitThumbnails(maxBytes: number): Promise<void> {
  useThumbnails.setState({ status: await station().thumbnails.limit({ maxBytes }) });
}
