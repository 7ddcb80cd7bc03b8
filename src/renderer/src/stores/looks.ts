/** What the station's own analysis sees now, and how it goes. */
import { create } from 'zustand';
import type { Outputs } from '#contract/call.ts';
import type { CameraId } from '#domain/id.ts';
import type { WatchLook } from '#domain/watching.ts';
import { forEver } from '../client/index.ts';
import { station } from './line.ts';

/** Calls back with every picture that was looked at until the stop that it returns. */
export function followLooks(id: CameraId, on: (look: WatchLook) => void): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  const follow = async (): Promise<void> => {
    const pushes = await station().looks.watch({ id }, { signal, context: forEver });
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

export type CameraWatch = Outputs['looks']['states'][number];
export const useWatchStates = create<{ byId: ReadonlyMap<CameraId, CameraWatch> }>(() => ({ byId: new Map() }));

const everyMs = 5000;
let lookers = 0;
let timer: ReturnType<typeof setInterval> | undefined;
const read = (): void => {
  station()
    .looks.states({}, { signal: AbortSignal.timeout(everyMs) })
    .then(
      (all) => {
        if (lookers > 0) useWatchStates.setState({ byId: new Map(all.map((s) => [s.cameraId, s])) });
      },
      () => undefined, // what was read last stays; the line says that it is down
    );
};
/** Reads the states of all cameras every few seconds while somebody looks, however many do. Returns the stop. */
export function lookAtStates(): () => void {
  lookers += 1;
  if (lookers === 1) {
    read();
    timer = setInterval(read, everyMs);
  }
  let left = false;
  return () => {
    if (left) return;
    left = true;
    lookers -= 1;
    if (lookers > 0) return;
    clearInterval(timer);
    useWatchStates.setState({ byId: new Map() });
  };
}
