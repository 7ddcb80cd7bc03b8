/** Who asked the pool for what, and what became of it; and the pace of each camera that follows from it. */
import type { AnalysisNow, JobCounts } from '#domain/analysis.ts';
import type { DropReason } from '#domain/decide/admit-job.ts';
import { fullPace, setPace, type Pace } from '#domain/decide/analysis-pace.ts';
import type { CameraId } from '#domain/id.ts';

type Book = { counts: JobCounts; pace: Pace; droppedInTick: number };
const fresh = (): JobCounts => ({ asked: 0, done: 0, failed: 0, newer: 0, full: 0, late: 0 });

const isDropped = (what: string): what is DropReason => what === 'newer' || what === 'full' || what === 'late';

export type AskerBooks = {
  /** `from` null: for no camera. */
  asked(from: CameraId | null): void;
  /** `what`: done, or why not; each job that was asked for is told of once. */
  settled(from: CameraId | null, what: string): void;
  share(camera: CameraId): number;
  /** Once a second. */
  tick(): void;
  forget(camera: CameraId): void;
  all(): JobCounts;
  cameras(): AnalysisNow['cameras'];
};

export function createAskerBooks(): AskerBooks {
  const all = fresh();
  const books = new Map<CameraId, Book>();
  const count = (from: CameraId | null, what: keyof JobCounts): Book | null => {
    all[what] += 1;
    if (from === null) return null;
    let book = books.get(from);
    if (book === undefined) {
      // An answer to a camera that is gone since is counted in all alone.
      if (what !== 'asked') return null;
      book = { counts: fresh(), pace: fullPace, droppedInTick: 0 };
      books.set(from, book);
    }
    book.counts[what] += 1;
    return book;
  };
  return {
    asked: (from) => void count(from, 'asked'),
    settled(from, what) {
      const dropped = isDropped(what);
      const book = count(from, what === 'done' || dropped ? what : 'failed');
      if (dropped && book !== null) book.droppedInTick += 1;
    },
    share: (camera) => books.get(camera)?.pace.share ?? 1,
    tick() {
      for (const book of books.values()) {
        book.pace = setPace(book.pace, book.droppedInTick);
        book.droppedInTick = 0;
      }
    },
    forget: (camera) => void books.delete(camera),
    all: () => ({ ...all }),
    cameras: () =>
      [...books].map(([cameraId, book]) => ({ cameraId, counts: { ...book.counts }, share: book.pace.share })),
  };
}
