/** Why a camera has no video at the moment on the screen. */
import type { Gap } from '#domain/gap.ts';
import type { CameraId } from '#domain/id.ts';
import { station } from '../../stores/line.ts';
import { playbackNowMs } from './store.ts';

/** The gap that holds the moment shown now, or null where there was nothing to record. */
export async function causeAt(cameraId: CameraId): Promise<Gap | null> {
  const atMs = Math.floor(playbackNowMs());
  const span = { fromMs: atMs, toMs: atMs + 1, cameraId: [cameraId], grainMs: 0 };
  // The main stream's cause, else that of the sub stream where it alone is recorded.
  for (const stream of ['main', 'sub'] as const) {
    const { rows } = await station().timeline.coverage({ ...span, stream });
    const gaps = rows.find((r) => r.cameraId === cameraId)?.gaps ?? [];
    const gap = gaps.find((g) => g.fromMs <= atMs && (g.toMs === null || atMs < g.toMs));
    if (gap) return gap;
  }
  return null;
}
