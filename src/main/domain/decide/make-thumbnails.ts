/** Which thumbnail is made next, and which give way. Pure; times in UTC ms. */
import { levelSpanMs, thumbnailSlotMs, type ThumbnailLevel } from '../thumbnail.ts';

/** From here on only one a minute is made, and from there on one in ten minutes, until the present is reached. */
const lateMs = 15 * 60_000;
const veryLateMs = 6 * 3_600_000;
/** What was recorded longer ago is left to whoever asks for it. */
const lookBackMs = 24 * 3_600_000;

/** Up to where a camera has its thumbnails (`doneMs`), and up to where it is recorded in finished segments. */
export type Progress<Camera> = { camera: Camera; doneMs: number; recordedMs: number };

/**
 * The camera that is furthest behind, the moment of its next thumbnail, and how far it is to the one after it; null: all have theirs. A machine that is too slow for
 * all makes fewer of each, not all of some.
 */
export function nextThumbnail<Camera>(
  progress: readonly Progress<Camera>[],
  nowMs: number,
): { camera: Camera; atMs: number; stepMs: number } | null {
  let next: { camera: Camera; atMs: number; stepMs: number; behindMs: number } | null = null;
  for (const { camera, doneMs, recordedMs } of progress) {
    const fromMs = Math.max(doneMs, nowMs - lookBackMs);
    const behindMs = recordedMs - fromMs;
    const stepMs = levelSpanMs[behindMs > veryLateMs ? 0 : behindMs > lateMs ? 1 : 2];
    const atMs = (Math.floor(fromMs / stepMs) + 1) * stepMs;
    if (atMs + thumbnailSlotMs > recordedMs) continue;
    if (next === null || behindMs > next.behindMs) next = { camera, atMs, stepMs, behindMs };
  }
  return next === null ? null : { camera: next.camera, atMs: next.atMs, stepMs: next.stepMs };
}

/** Made at once of one segment at most, however long it is. */
const mostAtOnce = 12;

/** The moments that one segment, which ends at `endMs`, is good for: from the next one on, so that a segment is opened once. */
export function momentsUntil(endMs: number, { atMs, stepMs }: { atMs: number; stepMs: number }): number[] {
  const count = Math.min(mostAtOnce, Math.max(1, Math.ceil((endMs - atMs) / stepMs)));
  return Array.from({ length: count }, (_, n) => atMs + n * stepMs);
}

/** Removed at once: enough that it is not done for each new one, little enough that nobody waits. */
const mostRemoved = 500;

/**
 * What gives way when thumbnails take more than they may: the finest that there are, oldest first. null: nothing has to.
 * `counts`: how many there are of each level.
 */
export function thinThumbnails(have: {
  bytes: number;
  maxBytes: number;
  counts: Record<ThumbnailLevel, number>;
}): { level: ThumbnailLevel; count: number } | null {
  const total = have.counts[0] + have.counts[1] + have.counts[2];
  if (have.bytes <= have.maxBytes || total === 0) return null;
  const level = have.counts[2] > 0 ? 2 : have.counts[1] > 0 ? 1 : 0;
  const tooMany = Math.ceil((have.bytes - have.maxBytes) / (have.bytes / total));
  // A little more than needed, so that the next ones have room.
  return { level, count: Math.min(have.counts[level], mostRemoved, tooMany + 50) };
}
