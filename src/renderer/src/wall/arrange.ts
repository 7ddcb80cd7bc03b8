/** Which camera stands in which tile. Pure. */
import type { CameraId } from '#domain/id.ts';

export const wallSizes = [1, 4, 9, 16, 25] as const;
export type WallSize = (typeof wallSizes)[number];
export const isWallSize = (n: unknown): n is WallSize => wallSizes.some((s) => s === n);

/** Slots across all pages, in reading order; null: left empty. */
export type Order = readonly (CameraId | null)[];

/**
 * The order as it holds for the cameras there are (given by number): removed ones leave an empty slot, new ones take the
 * first empty slot or a new one at the end, so that no camera is ever missing from the wall. No trailing empty slots.
 */
export function settle(order: Order, cameras: readonly CameraId[]): (CameraId | null)[] {
  const there = new Set(cameras);
  const seen = new Set<CameraId>();
  const out = order.map((id) => {
    if (id === null || !there.has(id) || seen.has(id)) return null;
    seen.add(id);
    return id;
  });
  let free = 0;
  for (const id of cameras) {
    if (seen.has(id)) continue;
    while (free < out.length && out[free] !== null) free++;
    out[free] = id;
  }
  while (out.length > 0 && out[out.length - 1] === null) out.pop();
  return out;
}

/** Exchanges two slots; either may be empty or beyond the end. */
export function swap(order: Order, a: number, b: number): (CameraId | null)[] {
  const out = [...order];
  while (out.length <= Math.max(a, b)) out.push(null);
  [out[a], out[b]] = [out[b] ?? null, out[a] ?? null];
  while (out.length > 0 && out[out.length - 1] === null) out.pop();
  return out;
}

/** Puts a camera into a slot; what was there takes the camera's old slot. */
export function put(order: Order, id: CameraId, slot: number): (CameraId | null)[] {
  const at = order.indexOf(id);
  if (at >= 0) return swap(order, at, slot);
  const out = [...order];
  while (out.length <= slot) out.push(null);
  const before = out[slot] ?? null;
  out[slot] = id;
  if (before !== null) out.push(before);
  return out;
}

export const pageCount = (order: Order, size: WallSize): number => Math.max(1, Math.ceil(order.length / size));

/** The slots of one page, filled up with empty ones to `size`. */
export function pageOf(order: Order, size: WallSize, page: number): (CameraId | null)[] {
  return Array.from({ length: size }, (_, i) => order[page * size + i] ?? null);
}

/** The smallest wall that shows so many cameras at once, 16 at most for a first look. */
export const sizeFor = (cameras: number): WallSize => wallSizes.find((s) => s >= cameras && s <= 16) ?? 16;

/** The tile that an arrow key leads to in a square wall; the same when there is none. */
export function neighbour(tile: number, size: WallSize, key: string): number {
  const side = Math.round(Math.sqrt(size));
  const x = tile % side;
  const y = Math.floor(tile / side);
  switch (key) {
    case 'ArrowLeft':
      return x > 0 ? tile - 1 : tile;
    case 'ArrowRight':
      return x < side - 1 ? tile + 1 : tile;
    case 'ArrowUp':
      return y > 0 ? tile - side : tile;
    case 'ArrowDown':
      return y < side - 1 ? tile + side : tile;
    default:
      return tile;
  }
}
