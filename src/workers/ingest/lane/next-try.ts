/** Where, how and when a stream is tried next: what follows from how the last connections ended. */
import type { createBackoff } from '#lib/backoff.ts';
import type { StreamFault } from '../fault.ts';
import { stateOf } from './loss.ts';

export type NextTry = {
  /** Where the camera sent us; null: its own address. */
  at(): string | null;
  via(): 'native' | 'ffmpeg-copy' | 'ffmpeg-transcode';
  /**
   * After a connection ended. `moved`: the camera sends us there. `heldMs`: for how long pictures came, null if none did.
   * Tells how long to wait, and whether the camera is lost, or is merely taken from elsewhere or in another way.
   */
  after(fault: StreamFault, moved: string | null, heldMs: number | null): { waitMs: number; lost: boolean };
};

/** Tries with a wrong password lock accounts. */
export const refusedRetryMs = 30_000;
export const unsupportedRetryMs = 60_000;
/** A connection that held so long starts its waits anew. */
export const steadyMs = 10_000;
/** So often in a row a camera may send us on without holding a connection; then it counts as lost. */
export const mostMoves = 5;

export function createNextTry(options: { backoff: ReturnType<typeof createBackoff>; hasFfmpeg: boolean }): NextTry {
  const { backoff, hasFfmpeg } = options;
  let movedTo: string | null = null;
  let moves = 0;
  let via: ReturnType<NextTry['via']> = 'native';

  return {
    at: () => movedTo,
    via: () => via,
    after(fault, moved, heldMs) {
      if (heldMs !== null && heldMs > steadyMs) {
        backoff.reset();
        moves = 0;
      }
      if (moved !== null && moves < mostMoves) {
        moves++;
        movedTo = moved;
        return { waitMs: 0, lost: false };
      }
      movedTo = null;
      if (fault.fallback && hasFfmpeg) {
        const next = fault.trouble === 'codec' ? 'ffmpeg-transcode' : 'ffmpeg-copy';
        if (via === 'native' || (via === 'ffmpeg-copy' && next === 'ffmpeg-transcode')) {
          via = next;
          return { waitMs: 0, lost: true };
        }
      }
      const state = stateOf(fault.trouble);
      const waitMs =
        state === 'refused' ? refusedRetryMs : state === 'unsupported' ? unsupportedRetryMs : backoff.next();
      return { waitMs, lost: true };
    },
  };
}
