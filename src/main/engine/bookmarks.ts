import { AppError } from '#contract/error.ts';
import type { Bookmark } from '#domain/bookmark.ts';
import { BookmarkId, type CameraId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { WriteStore } from './index-port.ts';
import type { Bookmarks } from './retention-rooms.ts';

/** Moments that people marked. */
export function createBookmarks(deps: {
  store: Pick<WriteStore, 'bookmark'>;
  clock: Clock;
  newId: () => string;
  /** Of present and removed cameras. */
  cameraExists: (id: CameraId) => boolean;
  /** What is kept beside the video of these cameras is another now. */
  changed: (cameraIds: readonly CameraId[]) => void;
}): Bookmarks {
  const { bookmark: rows } = deps.store;
  const present = (id: BookmarkId): Bookmark => {
    const found = rows.get(id);
    if (found === null) throw new AppError('NOT_FOUND', 'There is no such bookmark.');
    return found;
  };
  const keep = (bookmark: Bookmark): Bookmark => {
    rows.put(bookmark);
    deps.changed([bookmark.cameraId]);
    return bookmark;
  };
  return {
    list(q) {
      const found = rows.list({ ...q, limit: q.limit + 1 });
      return { bookmarks: found.slice(0, q.limit), more: found.length > q.limit };
    },
    add(draft, caller) {
      if (!deps.cameraExists(draft.cameraId)) throw new AppError('NOT_FOUND', 'There is no such camera.');
      return keep({
        ...draft,
        id: BookmarkId.parse(deps.newId()),
        createdMs: deps.clock.nowMs(),
        createdBy: caller.name,
      });
    },
    change(id, { name, note, atMs }) {
      const was = present(id);
      return keep({ ...was, name: name ?? was.name, note: note ?? was.note, atMs: atMs ?? was.atMs });
    },
    remove(id) {
      const was = present(id);
      rows.remove(id);
      deps.changed([was.cameraId]);
    },
  };
}
