/** What the station hears at cameras. */
import type { Outputs } from '#contract/call.ts';
import type { CameraId } from '#domain/id.ts';
import type { SoundLook, SoundSettings } from '#domain/sound.ts';
import { forEver } from '../client/index.ts';
import { station } from './line.ts';

export type CameraSound = Outputs['sound']['of'];
export const readSound = (id: CameraId, signal?: AbortSignal): Promise<CameraSound> =>
  station().sound.of({ id }, signal === undefined ? undefined : { signal });
export const setSound = (id: CameraId, settings: SoundSettings): Promise<CameraSound> =>
  station().sound.set({ id, settings });

/** Calls back with levels as they are heard until the stop that it returns. */
export function followSound(id: CameraId, on: (look: SoundLook) => void): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  const follow = async (): Promise<void> => {
    const pushes = await station().sound.watch({ id }, { signal, context: forEver });
    for await (const look of pushes) {
      if (signal.aborted) return;
      on(look);
    }
  };
  follow().catch(() => undefined); // the camera is gone, or who looks may not: nothing is shown
  return () => {
    abort.abort();
  };
}
