/** Which camera the upper row is about: the one alone on the wall, else the one in the focused tile. */
import { useMemo } from 'react';
import { CameraId } from '#domain/id.ts';
import { useCameras } from '../stores/cameras.ts';
import { useLayout } from '../stores/layout.ts';
import { settle, sizeFor } from '../wall/arrange.ts';

const maxCameras = 256;

export type Shown = { focus: CameraId | null; cameras: CameraId[] };

export function useShownCameras(): Shown {
  // The list changes every second with the cameras' states; who they are changes rarely.
  const ids = useCameras((s) => s.list.map((c) => c.id).join(' '));
  const { order, size, page, focus, alone } = useLayout();
  return useMemo(() => {
    const cameras = ids === '' ? [] : ids.split(' ').map((id) => CameraId.parse(id));
    const slots = settle(order, cameras);
    const at = slots[page * (size ?? sizeFor(cameras.length)) + focus] ?? null;
    return { focus: alone ?? at ?? cameras[0] ?? null, cameras: cameras.slice(0, maxCameras) };
  }, [ids, order, size, page, focus, alone]);
}
