/** What a live tile may claim about its picture. Pure. */
import type { CameraView } from '#domain/camera.ts';
import type { StreamStatus } from '#domain/stream.ts';
import type { Beat } from '../player/live/index.ts';

/** A picture older than this is not live. */
export const staleAfterMs = 2000;
/** The mark comes this much early, so that with beats every 250 ms it is there within 2 s of the last picture. */
const headStartMs = 300;

export type Liveness =
  | { is: 'off' }
  /** Nothing to show yet. */
  | { is: 'loading' }
  | { is: 'live' }
  /** A picture is there, older than it may be. */
  | { is: 'stale'; ageMs: number }
  /** The station says that the camera gives none; `ageMs` of the picture still shown, null if there is none. */
  | { is: 'lost'; status: StreamStatus; ageMs: number | null }
  | { is: 'unshown'; ended: NonNullable<Beat['ended']> };

/** `reading`: the newest beat and how long ago it came (the worker's silence ages the picture too). */
export function livenessOf(camera: CameraView, reading: { beat: Beat; sinceMs: number } | null): Liveness {
  if (!camera.enabled) return { is: 'off' };
  const beat = reading?.beat ?? null;
  const ageMs = beat === null || beat.ageMs === null || reading === null ? null : beat.ageMs + reading.sinceMs;
  const fresh = ageMs !== null && ageMs < staleAfterMs - headStartMs;
  if (fresh) return { is: 'live' };
  const main = camera.streams.find((s) => s.kind === 'main') ?? null;
  const others = camera.streams.some((s) => s.state === 'live' || s.state === 'degraded');
  const down = main !== null && (main.state === 'lost' || main.state === 'refused' || main.state === 'unsupported');
  if (down && !others) return { is: 'lost', status: main, ageMs };
  if (beat?.ended != null) return { is: 'unshown', ended: beat.ended };
  if (ageMs === null) return { is: 'loading' };
  return { is: 'stale', ageMs };
}
