/** Commanding one camera from this window: which, and the hand on its head. */
import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import type { CameraView } from '#domain/camera.ts';
import type { CameraId } from '#domain/id.ts';
import { followHead, forgetTrouble, moveHead, releaseLock, steerCamera, stopHead, useSteering } from '../stores/ptz.ts';
import { useMay } from '../stores/session.ts';
import { createHand, type Hand } from './hand.ts';
import type { Talk } from './talk.ts';

export type Abilities = { head: boolean; talk: boolean; any: boolean };
export const abilitiesOf = (camera: CameraView | null): Abilities => {
  const facts = camera?.enabled === true ? (camera.device?.facts ?? null) : null;
  const head = facts?.ptz === true;
  const talk = facts?.talk === true;
  return { head, talk, any: facts !== null && (head || talk || facts.imaging || facts.relays > 0) };
};

export type Steer = {
  /** The camera that is commanded from here. */
  camera: CameraId | null;
  /** Operators may. */
  may: boolean;
  begin(camera: CameraView): void;
  end(): void;
  /** On the head that is steered; null where there is none. */
  hand(): Hand | null;
  talk: Talk;
};

const none: Steer = {
  camera: null,
  may: false,
  begin: () => undefined,
  end: () => undefined,
  hand: () => null,
  talk: { hold: () => () => undefined, end: () => undefined },
};
export const SteerContext = createContext<Steer>(none);
export const useSteer = (): Steer => useContext(SteerContext);

function createSteering() {
  let now: { id: CameraId; hand: Hand | null } | null = null;
  function end(): void {
    const was = now;
    now = null;
    steerCamera(null);
    if (!was) return;
    was.hand?.end();
    if (was.hand) releaseLock(was.id);
    forgetTrouble(was.id);
  }
  return {
    begin(camera: CameraView) {
      if (now?.id === camera.id) return;
      end();
      const { id } = camera;
      const hand = abilitiesOf(camera).head
        ? createHand({
            move: (velocity) => moveHead(id, velocity),
            stop: () => stopHead(id),
            speed: () => useSteering.getState().speed,
          })
        : null;
      now = { id, hand };
      steerCamera(id);
    },
    end,
    hand: () => now?.hand ?? null,
  };
}

/** For the page with the wall. Steering ends when another camera is focused, or the wall shows the past. */
export function useSteeringOf(focused: CameraView | null, live: boolean, talk: Talk): Steer {
  const may = useMay('operator');
  const camera = useSteering((s) => s.camera);
  const [steering] = useState(createSteering);
  const focusedId = focused?.id ?? null;
  const head = abilitiesOf(focused).head;

  useEffect(() => {
    if (camera !== null && (camera !== focusedId || !live || !may)) steering.end();
  }, [camera, focusedId, live, may, steering]);
  useEffect(() => steering.end, [steering]);
  useEffect(() => {
    if (focusedId === null || !head || !live) return;
    return followHead(focusedId);
  }, [focusedId, head, live]);

  // A window that nobody looks at holds nothing.
  useEffect(() => {
    const letGo = (): void => steering.hand()?.release();
    const whenHidden = (): void => {
      if (document.visibilityState === 'hidden') letGo();
    };
    window.addEventListener('blur', letGo);
    window.addEventListener('pagehide', letGo);
    document.addEventListener('visibilitychange', whenHidden);
    return () => {
      window.removeEventListener('blur', letGo);
      window.removeEventListener('pagehide', letGo);
      document.removeEventListener('visibilitychange', whenHidden);
    };
  }, [steering]);

  return useMemo(
    () => ({ camera: may ? camera : null, may, begin: steering.begin, end: steering.end, hand: steering.hand, talk }),
    [camera, may, steering, talk],
  );
}
