/** Why a camera has no video at the moment on the screen. */
import type { Gap } from '#domain/gap.ts';
import type { CameraId } from '#domain/id.ts';
import { station } from '../../stores/line.ts';
import { playbackNowMs } from './store.ts';

/** The gap that holds the moment shown now, or null where there was nothing to record. */
export async function causeAt(cameraId: CameraId): Promise<Gap | null> {
  const atMs = Math.floor(playbackNowMs());
  const answer = await station().timeline.coverage({
    fromMs: atMs,
    toMs: atMs + 1,
    cameraId: [cameraId],
    stream: 'main',
    grainMs: 0,
  });
  const gaps = answer.rows.find((r) => r.cameraId === cameraId)?.gaps ?? [];
  return gaps.find((g) => g.fromMs <= atMs && (g.toMs === null || atMs < g.toMs)) ?? null;
}
