/** Which stream a tile of a given size watches. Pure. */
import type { CameraView } from '#domain/camera.ts';
import type { StreamKind } from '#domain/stream.ts';

/** Size taken for a sub stream that has not told its own yet. */
const usualSubWidth = 640;

/**
 * Main or sub stream for a tile `devicePixels` wide. The sub stream is drawn up to 1.5 × its own width; the way back to it
 * is at 1.25 ×, so that a tile at the border does not flap. Where the wanted one is not live and the other is, the other. Who listens gets
 * the stream that has sound.
 */
export function chooseStream(
  camera: CameraView,
  devicePixels: number,
  now: StreamKind | null,
  listening: boolean,
): StreamKind {
  if (camera.sub === null) return 'main';
  const status = (kind: StreamKind) => camera.streams.find((s) => s.kind === kind);
  const runs = (kind: StreamKind): boolean => {
    const state = status(kind)?.state;
    return state === 'live' || state === 'degraded';
  };
  const subWidth = status('sub')?.video?.width ?? usualSubWidth;
  const bySize: StreamKind = devicePixels > subWidth * (now === 'main' ? 1.25 : 1.5) ? 'main' : 'sub';
  const otherOf = (kind: StreamKind): StreamKind => (kind === 'main' ? 'sub' : 'main');
  const heard = (kind: StreamKind): boolean => status(kind)?.audio != null && runs(kind);
  const wanted = listening && !heard(bySize) && heard(otherOf(bySize)) ? otherOf(bySize) : bySize;
  const other = otherOf(wanted);
  return !runs(wanted) && runs(other) ? other : wanted;
}
