import { describe, expect, it } from 'vitest';
import type { Checkpointer } from '../../main/adapters/sqlite/index.ts';
import { createRounds, duePages, longPages, restRounds } from './rounds.ts';

/** A log that grows by `grows` pages with each look at it that takes over, but for what `held` holds back. */
function createLog(pages: number, grows = 0) {
  const log = { pages, taken: 0, takes: 0, anew: 0, held: false, pinned: false };
  const db: Checkpointer = {
    state: () => ({ pages: log.pages, left: log.pages - log.taken }),
    take() {
      log.takes += 1;
      if (!log.pinned) log.taken = log.pages;
      if (!log.held) log.pages += grows;
      return db.state();
    },
    beginAnew() {
      log.anew += 1;
      log.pages = 1;
      log.taken = 0;
    },
    close: () => undefined,
  };
  const hold = (on: boolean): Promise<void> => {
    log.held = on;
    return Promise.resolve();
  };
  return { log, db, hold };
}

describe('rounds over a log', () => {
  it('leave a short one alone, and begin one anew that was taken over whole', async () => {
    const short = createLog(duePages - 1);
    await createRounds(short.db, short.hold)();
    expect(short.log).toMatchObject({ takes: 0, anew: 0 });
    const long = createLog(duePages);
    await createRounds(long.db, long.hold)();
    expect(long.log).toMatchObject({ takes: 1, anew: 1, pages: 1 });
  });

  it('do not hold anything back while a log is not long, and then until it was taken over', async () => {
    const { log, db, hold } = createLog(duePages, 10);
    const holds: boolean[] = [];
    const round = createRounds(db, async (on) => {
      holds.push(on);
      await hold(on);
    });
    await round();
    expect([holds, log.anew]).toEqual([[], 0]);
    log.pages = longPages;
    for (let n = 0; n <= restRounds; n += 1) await round();
    expect(holds).toEqual([true, false]);
    expect(log).toMatchObject({ anew: 1, held: false });
  });

  it('rest where readers need what is in the log, and let go of what was held also where the disk fails', async () => {
    const { log, db, hold } = createLog(longPages);
    log.pinned = true;
    const round = createRounds(db, hold);
    await round();
    const { takes } = log;
    expect(takes).toBeGreaterThan(0);
    for (let n = 0; n < restRounds; n += 1) await round();
    expect(log.takes).toBe(takes);
    await round();
    expect(log.takes).toBeGreaterThan(takes);
    log.pinned = false;
    const failing = createRounds(
      {
        ...db,
        take() {
          if (log.held) throw new Error('EIO');
          return { pages: longPages, left: 1 };
        },
      },
      hold,
    );
    await expect(failing()).rejects.toThrow('EIO');
    expect(log.held).toBe(false);
  });
});
