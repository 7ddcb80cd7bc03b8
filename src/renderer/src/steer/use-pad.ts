/** A gamepad or joystick on the hand, while steering and while this window has the focus. */
import { useEffect, useState } from 'react';
import type { CameraId } from '#domain/id.ts';
import { goPreset, useHeads } from '../stores/ptz.ts';
import type { Steer } from './steering.ts';
import { isStill, padPresets, padVelocity } from './velocity.ts';

const lookEveryMs = 50;

/** The first that is plugged in and has been touched: browsers tell of no other. */
const firstPad = (): Gamepad | null => navigator.getGamepads().find((p) => p?.connected === true) ?? null;

/** Its name, or null. */
export function usePad(steer: Steer, camera: CameraId): string | null {
  const [name, setName] = useState<string | null>(null);
  useEffect(() => {
    let down = new Set<number>();
    let mine = false;
    const letGo = (): void => {
      if (mine) steer.hand()?.set('pad', null);
      mine = false;
    };
    const look = (): void => {
      const pad = firstPad();
      setName(pad?.id ?? null);
      if (!pad || !document.hasFocus()) {
        letGo();
        return;
      }
      const velocity = padVelocity(pad);
      if (isStill(velocity)) letGo();
      else {
        mine = true;
        steer.hand()?.set('pad', velocity);
      }
      const pressed = padPresets(pad);
      const presets = useHeads.getState().byId.get(camera)?.presets ?? [];
      for (const n of pressed) {
        const preset = presets[n];
        if (preset && !down.has(n)) void goPreset(camera, preset.token);
      }
      down = new Set(pressed);
    };
    const timer = setInterval(look, lookEveryMs);
    return () => {
      clearInterval(timer);
      letGo();
    };
  }, [steer, camera]);
  return name;
}
