/** What the wall shows now, from cameras and layout, and what can be done to it. */
import { useMemo } from 'react';
import type { CameraView } from '#domain/camera.ts';
import type { CameraId } from '#domain/id.ts';
import { useCameras } from '../stores/cameras.ts';
import { changeLayout, focusTile, showAlone, useLayout } from '../stores/layout.ts';
import { pageCount, pageOf, put, settle, sizeFor, swap, type WallSize } from './arrange.ts';

export type WallNow = {
  size: WallSize;
  page: number;
  pages: number;
  /** Cameras of this page's tiles; null: empty. When one is alone: that one. */
  tiles: (CameraView | null)[];
  groups: string[];
  /** The camera that the keyboard acts on. */
  focused: CameraView | null;
  alone: CameraView | null;
};

export type WallDoes = {
  setSize(size: WallSize): void;
  setGroup(group: string | null): void;
  setPage(page: number): void;
  /** Exchanges two tiles of this page. */
  swapTiles(a: number, b: number): void;
  /** Shows a camera in a tile of this page. */
  putCamera(id: CameraId, tile: number): void;
  /** Turns to the page of a camera and focuses it. */
  find(id: CameraId): void;
  keep(slot: number): void;
  /** False: nothing is kept there. */
  recall(slot: number): boolean;
};

export function useWall(): { now: WallNow; does: WallDoes } {
  const cameras = useCameras((s) => s.list);
  const byId = useCameras((s) => s.byId);
  const layout = useLayout();
  const groups = useMemo(() => [...new Set(cameras.flatMap((c) => (c.group ? [c.group] : [])))].sort(), [cameras]);
  const group = layout.group !== null && groups.includes(layout.group) ? layout.group : null;

  const ids = useMemo(
    () => cameras.filter((c) => group === null || c.group === group).map((c) => c.id),
    [cameras, group],
  );
  const order = useMemo(() => {
    const inGroup = new Set(ids);
    const own = group === null ? layout.order : layout.order.filter((id) => id !== null && inGroup.has(id));
    return settle(own, ids);
  }, [layout.order, ids, group]);

  const size = layout.size ?? sizeFor(ids.length);
  const pages = pageCount(order, size);
  const page = Math.min(layout.page, pages - 1);
  const alone = layout.alone === null ? null : (byId.get(layout.alone) ?? null);
  const tiles = alone ? [alone] : pageOf(order, size, page).map((id) => (id === null ? null : (byId.get(id) ?? null)));
  const focused = alone ?? tiles[Math.min(layout.focus, tiles.length - 1)] ?? null;

  const keepOrder = (next: (CameraId | null)[]): void => {
    const shown = new Set(next);
    const others = group === null ? [] : layout.order.filter((id) => id !== null && !shown.has(id));
    changeLayout({ order: [...next, ...others], size });
  };

  const does: WallDoes = {
    setSize(next) {
      // The focused tile stays in sight.
      const slot = page * size + Math.min(layout.focus, size - 1);
      showAlone(null);
      changeLayout({ size: next, page: Math.floor(slot / next) });
      focusTile(slot % next);
    },
    setGroup(next) {
      changeLayout({ group: next, page: 0 });
      focusTile(0);
    },
    setPage(next) {
      changeLayout({ page: next });
    },
    swapTiles(a, b) {
      keepOrder(swap(order, page * size + a, page * size + b));
    },
    putCamera(id, tile) {
      keepOrder(put(order, id, page * size + tile));
    },
    find(id) {
      const slot = order.indexOf(id);
      showAlone(null);
      if (slot < 0) {
        changeLayout({ group: null });
        return;
      }
      changeLayout({ page: Math.floor(slot / size) });
      focusTile(slot % size);
    },
    keep(slot) {
      changeLayout({ saved: { ...layout.saved, [String(slot)]: { size, order, group } } });
    },
    recall(slot) {
      const kept = layout.saved[String(slot)];
      if (!kept) return false;
      showAlone(null);
      changeLayout({ size: kept.size, order: kept.order, group: kept.group, page: 0 });
      return true;
    },
  };
  return { now: { size, page, pages, tiles, groups, focused, alone }, does };
}
