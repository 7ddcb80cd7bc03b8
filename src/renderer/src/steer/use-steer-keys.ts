/** Keys that command the focused camera. Heard before the wall's own, so that digits and arrows mean the head while steering. */
import { useEffect, useRef } from 'react';
import type { CameraView } from '#domain/camera.ts';
import { goHome, goPreset, useHeads } from '../stores/ptz.ts';
import { actionOfPress } from '../stores/keys.ts';
import { focusOf } from './focus-hand.ts';
import { abilitiesOf, type Steer } from './steering.ts';
import { keyVelocity, still } from './velocity.ts';

const typing =
  'input, textarea, select, [contenteditable], [role="dialog"], [role="menu"], [role="listbox"], [role="slider"]';

export function useSteerKeys(focused: CameraView | null, live: boolean, steer: Steer): void {
  const latest = useRef({ focused, live, steer });
  useEffect(() => {
    latest.current = { focused, live, steer };
  });
  useEffect(() => {
    /** What is let go when a key comes up, by its place on the keyboard. */
    const held = new Map<string, () => void>();
    const hold = (code: string, letGo: () => void): void => {
      held.get(code)?.();
      held.set(code, letGo);
    };
    const releaseAll = (): void => {
      for (const letGo of held.values()) letGo();
      held.clear();
    };

    /** True: it was a key of ours. */
    function press(e: KeyboardEvent): boolean {
      const { focused: camera, live: now, steer: s } = latest.current;
      if (!camera || !now || !s.may) return false;
      const can = abilitiesOf(camera);
      const action = actionOfPress(e);
      if (action === 'talk' && can.talk) {
        if (!e.repeat) hold(e.code, s.talk.hold(camera));
        return true;
      }
      if (action === 'steer' && can.any) {
        if (e.repeat) return true;
        if (s.camera === camera.id) s.end();
        else s.begin(camera);
        return true;
      }
      if (e.shiftKey && e.code.startsWith('Arrow') && can.head && !e.ctrlKey && !e.metaKey && s.camera !== camera.id)
        s.begin(camera);
      const hand = s.hand();
      if (e.key === 'Escape' && s.camera !== null) {
        s.end();
        return true;
      }
      if (!hand || e.ctrlKey || e.metaKey || e.altKey) return false;
      const velocity =
        keyVelocity(e.code) ??
        (action === 'zoomIn' ? { ...still, zoom: 1 } : action === 'zoomOut' ? { ...still, zoom: -1 } : null);
      if (velocity) {
        if (!e.repeat) {
          const source = `key ${e.code}`;
          hand.set(source, velocity);
          hold(e.code, () => {
            hand.set(source, null);
          });
        }
        return true;
      }
      const digit = /^Digit([1-9])$/.exec(e.code)?.[1];
      if (digit !== undefined) {
        const preset = useHeads.getState().byId.get(camera.id)?.presets[Number(digit) - 1];
        if (preset && !e.repeat) void goPreset(camera.id, preset.token);
        return true;
      }
      if (action === 'goHome') {
        if (!e.repeat) void goHome(camera.id);
        return true;
      }
      if (action === 'focusNear' || action === 'focusFar') {
        if (!e.repeat) hold(e.code, focusOf(camera.id).hold(action === 'focusNear' ? -1 : 1));
        return true;
      }
      return false;
    }

    const onDown = (e: KeyboardEvent): void => {
      if (e.defaultPrevented || e.isComposing) return;
      // The system takes keys together with this one, and their release is never told.
      if (e.key === 'Meta') releaseAll();
      const at = e.target instanceof Element ? e.target : null;
      if (at?.closest(typing) || document.querySelector('[role="dialog"][aria-modal="true"]')) return;
      if (press(e)) e.preventDefault();
    };
    const onUp = (e: KeyboardEvent): void => {
      held.get(e.code)?.();
      held.delete(e.code);
    };
    window.addEventListener('keydown', onDown, { capture: true });
    window.addEventListener('keyup', onUp, { capture: true });
    window.addEventListener('blur', releaseAll);
    window.addEventListener('focusin', releaseAll);
    document.addEventListener('visibilitychange', releaseAll);
    return () => {
      releaseAll();
      window.removeEventListener('keydown', onDown, { capture: true });
      window.removeEventListener('keyup', onUp, { capture: true });
      window.removeEventListener('blur', releaseAll);
      window.removeEventListener('focusin', releaseAll);
      document.removeEventListener('visibilitychange', releaseAll);
    };
  }, []);
}
