/** Small pictures that the station keeps of what was recorded: there at once, without reading a segment. */
import type { CameraId } from '#domain/id.ts';
import { thumbnailSlotMs } from '#domain/thumbnail.ts';

export type Thumbnail = { picture: ImageBitmap; atMs: number };

/** The one nearest to a moment, at most `withinMs` away. */
export const thumbnailUrl = (camera: CameraId, atMs: number, withinMs: number): string =>
  `/media/thumbnails/${camera}/${String(Math.round(atMs))}.jpg?within=${String(Math.min(3_600_000, Math.max(thumbnailSlotMs, Math.round(withinMs))))}`;

const mostKept = 400;

/** Remembers what was shown, so that going to and fro asks nobody. `close` frees the pictures. */
export function createThumbnails() {
  const kept = new Map<string, Promise<Thumbnail | null>>();
  const free = (loading: Promise<Thumbnail | null>): void => {
    void loading.then((t) => t?.picture.close());
  };
  const load = async (url: string): Promise<Thumbnail | null> => {
    const answer = await fetch(url, { credentials: 'same-origin' });
    if (!answer.ok) return null;
    const atMs = Date.parse(answer.headers.get('x-vigie-time') ?? '');
    return Number.isFinite(atMs) ? { picture: await createImageBitmap(await answer.blob()), atMs } : null;
  };
  return {
    /** null: there is none. Stays the store's: draw it, do not close it. `black`: areas that the station blackens, as a text. */
    at(camera: CameraId, atMs: number, withinMs: number, black: string): Promise<Thumbnail | null> {
      const slot = Math.floor(atMs / thumbnailSlotMs) * thumbnailSlotMs;
      const url = thumbnailUrl(camera, slot, withinMs);
      const key = `${url} ${black}`;
      const had = kept.get(key);
      if (had !== undefined) return had;
      const loading = load(url).catch(() => null); // the line's own banner says when the station is away
      kept.set(key, loading);
      void loading.then((thumbnail) => {
        if (thumbnail === null) kept.delete(key); // it may be made by then
      });
      for (const [old, value] of kept) {
        if (kept.size <= mostKept) break;
        kept.delete(old);
        free(value);
      }
      return loading;
    },
    close(): void {
      for (const loading of kept.values()) free(loading);
      kept.clear();
    },
  };
}
