/** Starts what follows the station while somebody is signed in. */
import { ORPCError } from '@orpc/client';
import { followCameras, forgetCameras } from './cameras.ts';
import { followFeed, forgetFeed } from './events.ts';
import { loadKeys } from './keys.ts';
import { forgetFound } from './finding.ts';
import { forgetMarks } from './marks.ts';
import { loadLayout } from './layout.ts';
import { useLine } from './line.ts';
import { loadShownObjects } from './objects.ts';
import { checkSession, startSession, useSession } from './session.ts';

/** Returns the stop. */
export function startStores(): () => void {
  let following: AbortController | null = null;
  const ended = (error: unknown): void => {
    if (error instanceof ORPCError && error.status === 401) void checkSession();
  };
  const follow = (): void => {
    if (following) return;
    const abort = new AbortController();
    following = abort;
    void loadLayout();
    void loadKeys();
    void loadShownObjects();
    followCameras(abort.signal).catch(ended);
    followFeed(abort.signal).catch(ended);
  };
  const unfollow = (): void => {
    if (!following) return;
    following.abort();
    following = null;
    forgetCameras();
    forgetFound();
    forgetFeed();
    forgetMarks();
  };
  const offSession = useSession.subscribe((s, was) => {
    if (s.status === was.status) return;
    if (s.status === 'signed-in') follow();
    else unfollow();
  });
  const offLine = useLine.subscribe((s, was) => {
    // A lost line can hide an ended session: the station closes the sockets of those.
    if (was.state !== 'connecting' || s.state !== 'open' || was.downSinceMs === null) return;
    void checkSession();
    if (!following) return;
    void loadLayout();
    void loadKeys();
    void loadShownObjects();
  });
  const stopSession = startSession();
  return () => {
    offSession();
    offLine();
    unfollow();
    stopSession();
  };
}
