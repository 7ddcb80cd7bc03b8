/** Bookmarks and holds, as the timeline and their pages show them. */
import { create } from 'zustand';
import type { Bookmark, BookmarkChange, BookmarkDraft } from '#domain/bookmark.ts';
import type { Hold, HoldDraft } from '#domain/hold.ts';
import type { BookmarkId, HoldId } from '#domain/id.ts';
import { station } from './line.ts';

type Marks = {
  /** Of the span that was asked for last. */
  bookmarks: readonly Bookmark[];
  holds: readonly Hold[];
  /** What was read covers this. */
  fromMs: number;
  toMs: number;
};
const nothing: Marks = { bookmarks: [], holds: [], fromMs: 0, toMs: 0 };
export const useMarks = create<Marks>(() => nothing);
const mostBookmarks = 1000;

export async function readHolds(signal?: AbortSignal): Promise<void> {
  const holds = await station().holds.list({}, signal === undefined ? {} : { signal });
  useMarks.setState({ holds });
}
/** Bookmarks of a span (the latest thousand of it) and all holds. */
export async function readMarks(fromMs: number, toMs: number, signal: AbortSignal): Promise<void> {
  const span = { fromMs: Math.max(0, Math.floor(fromMs)), toMs: Math.max(0, Math.ceil(toMs)) };
  const [{ bookmarks }, holds] = await Promise.all([
    station().bookmarks.list({ ...span, limit: mostBookmarks }, { signal }),
    station().holds.list({}, { signal }),
  ]);
  useMarks.setState({ bookmarks, holds, ...span });
}
export const forgetMarks = (): void => {
  useMarks.setState(nothing);
};

export const listBookmarks = (before: BookmarkId | null, limit: number, signal: AbortSignal) =>
  station().bookmarks.list({ limit, ...(before === null ? {} : { before }) }, { signal });

const put = (bookmark: Bookmark): void => {
  useMarks.setState((was) => ({ bookmarks: [...was.bookmarks.filter((b) => b.id !== bookmark.id), bookmark] }));
};
export async function addBookmark(draft: BookmarkDraft): Promise<void> {
  put(await station().bookmarks.add(draft));
}
export async function changeBookmark(id: BookmarkId, change: BookmarkChange): Promise<Bookmark> {
  const bookmark = await station().bookmarks.change({ id, change });
  put(bookmark);
  return bookmark;
}
export async function removeBookmark(id: BookmarkId): Promise<void> {
  await station().bookmarks.remove({ id });
  useMarks.setState((was) => ({ bookmarks: was.bookmarks.filter((b) => b.id !== id) }));
}

const putHold = (hold: Hold): void => {
  useMarks.setState((was) => ({ holds: [hold, ...was.holds.filter((h) => h.id !== hold.id)] }));
};
export async function placeHold(draft: HoldDraft): Promise<void> {
  putHold(await station().holds.place(draft));
}
export async function changeHold(
  id: HoldId,
  change: { reason: string; owner: string; untilMs: number | null },
): Promise<void> {
  putHold(await station().holds.change({ id, ...change }));
  await readHolds();
}
export async function liftHold(id: HoldId, reason: string): Promise<void> {
  putHold(await station().holds.lift({ id, reason }));
  await readHolds();
}
