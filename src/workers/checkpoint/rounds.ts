/** When a log is taken over, and how it comes to an end while it is written to. */
import type { Checkpointer } from '../../main/adapters/sqlite/index.ts';

/** A log of so many pages (4 MiB) is taken over: what SQLite does by itself. */
export const duePages = 1_000;
/** One so long (16 MiB), whose disk is too slow to catch up with what is written, is taken over while what may wait is held back. */
export const longPages = 4_000;
const catchUps = 3;
/** Readers need the rest of it, or somebody writes all the time: tried again after so many rounds. */
export const restRounds = 10;

/** Looks at one database, once a second. `hold`: has what may wait held back, or not any more; absent: that cannot be had. */
export function createRounds(db: Checkpointer, hold?: (on: boolean) => Promise<void>): () => Promise<void> {
  let rest = 0;

  /** True: all of it is in the database. */
  const catchUp = (): boolean => {
    for (let n = 0; n < catchUps; n += 1) if (db.take().left === 0) return true;
    return false;
  };
  return async () => {
    if (rest > 0) {
      rest -= 1;
      return;
    }
    const { pages } = db.state();
    if (pages < duePages) return;
    let done = catchUp();
    if (!done && hold !== undefined && pages >= longPages) {
      await hold(true);
      try {
        done = catchUp();
        if (done) db.beginAnew();
      } finally {
        await hold(false);
      }
    } else if (done) db.beginAnew();
    if (db.state().pages >= duePages) rest = restRounds;
  };
}
