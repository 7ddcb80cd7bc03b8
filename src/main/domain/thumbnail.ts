import { z } from 'zod';
import { CameraId } from './id.ts';
import { TimeMs } from './time.ts';

/** Every thumbnail has this size; a picture of another shape stands in the middle of it. */
export const thumbnailSize = { width: 224, height: 126 } as const;

/** A camera has at most one thumbnail in each span of this length. */
export const thumbnailSlotMs = 10_000;

/**
 * How much is lost with a thumbnail: 0 stands for ten minutes, 1 for a minute, 2 for its own slot. When room is short the finest
 * of the oldest time go first, so that the past gets coarser and never goes dark at once.
 */
export const ThumbnailLevel = z.union([z.literal(0), z.literal(1), z.literal(2)]);
export type ThumbnailLevel = z.infer<typeof ThumbnailLevel>;

/** What one thumbnail of a level stands for, ms. */
export const levelSpanMs: Record<ThumbnailLevel, number> = { 0: 600_000, 1: 60_000, 2: thumbnailSlotMs };

export const slotOf = (atMs: number): number => Math.floor(atMs / thumbnailSlotMs);

/** The level of a new thumbnail at `atMs`; `newest`: the newest one before it of levels 0 and 0 … 1, null: none. */
export function levelOf(atMs: number, newest: { coarseMs: number | null; minuteMs: number | null }): ThumbnailLevel {
  const isFirstOf = (spanMs: number, lastMs: number | null): boolean =>
    lastMs === null || Math.floor(lastMs / spanMs) < Math.floor(atMs / spanMs);
  if (isFirstOf(levelSpanMs[0], newest.coarseMs)) return 0;
  return isFirstOf(levelSpanMs[1], newest.minuteMs) ? 1 : 2;
}

/** One part of a span, with the moment whose picture stands for it. */
export const PictureCell = z.object({
  fromMs: TimeMs,
  toMs: TimeMs,
  /** The moment whose picture to show; null: nothing was recorded in this part. */
  atMs: TimeMs.nullable(),
});
export type PictureCell = z.infer<typeof PictureCell>;

/** How thumbnails do. */
export const ThumbnailStatus = z.object({
  count: z.number().int(),
  bytes: z.number().int(),
  /** What they may take in all. */
  maxBytes: z.number().int(),
  /** By how much the making is behind what was recorded, of the camera that is furthest behind. */
  behindMs: z.number(),
  /** Whether new ones can be made: that needs an ffmpeg. */
  making: z.boolean(),
  /** The oldest moment that has one, by camera. */
  oldest: z.array(z.object({ cameraId: CameraId, atMs: TimeMs })),
});
export type ThumbnailStatus = z.infer<typeof ThumbnailStatus>;

/** Bounds of what a person may allow for thumbnails. */
export const thumbnailBytes = { least: 64 * 2 ** 20, most: 2 ** 40, usual: 4 * 2 ** 30 } as const;

/** `count` parts of a span, equal to the millisecond; never shorter than a slot. Empty for an empty span. */
export function cellsOf(fromMs: number, toMs: number, count: number): { fromMs: number; toMs: number }[] {
  const span = toMs - fromMs;
  if (span <= 0) return [];
  const parts = Math.max(1, Math.min(count, Math.ceil(span / thumbnailSlotMs)));
  const edge = (n: number): number => fromMs + Math.round((span * n) / parts);
  return Array.from({ length: parts }, (_, n) => ({ fromMs: edge(n), toMs: edge(n + 1) }));
}
