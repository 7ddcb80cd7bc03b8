/** What the station sees at a camera now; null: nothing is looked at, or not for some time. */
import { useEffect, useState } from 'react';
import type { CameraId } from '#domain/id.ts';
import type { WatchLook } from '#domain/watching.ts';
import { followLooks } from '../stores/looks.ts';

/** A camera whose key frames come every five seconds is still watched. */
const lastsMs = 8000;

export function useLook(id: CameraId, on: boolean): WatchLook | null {
  const [look, setLook] = useState<WatchLook | null>(null);
  useEffect(() => {
    if (!on) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const leave = followLooks(id, (now) => {
      clearTimeout(timer);
      setLook(now);
      timer = setTimeout(() => {
        setLook(null);
      }, lastsMs);
    });
    return () => {
      clearTimeout(timer);
      leave();
      setLook(null);
    };
  }, [id, on]);
  return look;
}
