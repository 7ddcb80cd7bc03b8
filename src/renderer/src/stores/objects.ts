/** What cameras' own analysis sees, as the station pushes it, and at which cameras this user wants to see that. */
import { z } from 'zod';
import { create } from 'zustand';
import type { CameraObjects } from '#domain/camera-objects.ts';
import { CameraId } from '#domain/id.ts';
import { forEver } from '../client/index.ts';
import { station } from './line.ts';
import { createPreference } from './preference.ts';
import { useSession } from './session.ts';

/** Calls back with every picture's objects until the stop that it returns. */
export function followObjects(id: CameraId, on: (seen: CameraObjects) => void): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  const follow = async (): Promise<void> => {
    const pushes = await station().objects.watch({ id }, { signal, context: forEver });
    for await (const seen of pushes) {
      if (signal.aborted) return;
      on(seen);
    }
  };
  follow().catch(() => undefined); // the camera is gone, or who looks may not: nothing is shown
  return () => {
    abort.abort();
  };
}

const Kept = z.array(CameraId).max(1024);
type Shown = { cameras: ReadonlySet<CameraId> };

export const useShownObjects = create<Shown>(() => ({ cameras: new Set() }));
const preference = createPreference<CameraId[]>('objects', (stored) => Kept.safeParse(stored).data ?? null);

/** Shows the local copy at once, then the station's. Called after log-in. */
export async function loadShownObjects(): Promise<void> {
  const user = useSession.getState().user?.id;
  if (user === undefined) return;
  useShownObjects.setState({ cameras: new Set(preference.local(user)) });
  try {
    const theirs = await preference.sync(user);
    if (theirs !== null) useShownObjects.setState({ cameras: new Set(theirs) });
  } catch {
    // The line broke: the local copy holds, and this runs again when it is back.
  }
}

export function toggleObjects(id: CameraId): void {
  const cameras = new Set(useShownObjects.getState().cameras);
  if (!cameras.delete(id)) cameras.add(id);
  useShownObjects.setState({ cameras });
  const user = useSession.getState().user?.id;
  if (user !== undefined) preference.save(user, [...cameras].slice(-1024));
}
