/** Which camera the upper row is about (the one alone on the wall, else the one in the focused tile), and which all are. */
import { useMemo } from 'react';
import { CameraId } from '#domain/id.ts';
import { useCameras } from '../stores/cameras.ts';
import { useLayout } from '../stores/layout.ts';
import { pageCount, settle, sizeFor } from '../wall/arrange.ts';

const maxCameras = 256;

export type Shown = { focus: CameraId | null; cameras: CameraId[] };

/** As the wall shows them: of its group only, where one is chosen. */
export function useShownCameras(): Shown {
  const { order, size, page, focus, alone, group } = useLayout();
  // The list changes every second with the cameras' states; who they are changes rarely.
  const ids = useCameras((s) => {
    const inGroup = group === null ? s.list : s.list.filter((c) => c.group === group);
    return (inGroup.length > 0 ? inGroup : s.list).map((c) => c.id).join(' ');
  });
  return useMemo(() => {
    const cameras = ids === '' ? [] : ids.split(' ').map((id) => CameraId.parse(id));
    const there = new Set(cameras);
    const own = group === null ? order : order.filter((id) => id !== null && there.has(id));
    const slots = settle(own, cameras);
    const tiles = size ?? sizeFor(cameras.length);
    const at = slots[Math.min(page, pageCount(slots, tiles) - 1) * tiles + focus] ?? null;
    return { focus: alone ?? at ?? cameras[0] ?? null, cameras: cameras.slice(0, maxCameras) };
  }, [ids, order, size, page, focus, alone, group]);
}
