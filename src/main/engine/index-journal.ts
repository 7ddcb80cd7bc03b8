/**
 * What segments and gaps do is written to the index in one transaction a second: one sync of the disk a second or so, whatever
 * the number of cameras. Nothing is lost by the delay: after a crash the files say what the index has not heard yet.
 */
import type { StreamId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { StoreError } from '#lib/store-error.ts';
import type { WriteStore } from './index-port.ts';
import { aliveKey } from './settings.ts';

const flushEveryMs = 1_000;
/** Also without news the index is told now and then that the station runs. */
const aliveEveryMs = 10_000;
/** While the disk refuses, this many changes wait; beyond, the oldest are dropped (the files still hold them). */
const maxWaiting = 50_000;

export type Growth = { streamId: StreamId; startMs: number; endMs: number; bytes: number };
export type IndexJournal = {
  /** Adds a write to the next transaction. */
  add(write: (store: WriteStore) => void): void;
  /** Adds a growth; of several of one segment only the newest is written. */
  grow(rows: Growth): void;
  /** Writes what waits, now. */
  flush(): void;
  /** What may wait is to wait for some seconds. */
  holds(): boolean;
  /** Why the index takes nothing at the moment; null: it does. */
  trouble(): StoreError | null;
  start(): void;
  /** Writes what waits and ends. */
  stop(): void;
};

type Entry = { write: (store: WriteStore) => void } | { growth: Growth };

export function createIndexJournal(deps: {
  store: WriteStore;
  clock: Clock;
  log: Log;
  /** What may wait is to wait for some seconds; absent: never. */
  holds?: (() => boolean) | undefined;
}): IndexJournal {
  const { store, clock, log } = deps;
  let entries: Entry[] = [];
  /** The newest growth of each stream that no other write follows. */
  const growing = new Map<StreamId, Growth>();
  let timer: ReturnType<typeof setInterval> | null = null;
  let aliveMs = 0;
  let trouble: StoreError | null = null;
  let dropped = 0;

  const push = (entry: Entry): void => {
    entries.push(entry);
    if (entries.length <= maxWaiting) return;
    entries.shift();
    dropped += 1;
  };
  const apply = (list: Entry[]): void => {
    let run: Growth[] = [];
    const grow = (): void => {
      if (run.length > 0) store.segment.grow(run);
      run = [];
    };
    for (const entry of list) {
      if ('growth' in entry) run.push(entry.growth);
      else {
        grow();
        entry.write(store);
      }
    }
    grow();
  };
  /** One write that the index refuses for its content must not keep all others out. */
  const oneByOne = (list: Entry[]): void => {
    for (const entry of list) {
      try {
        apply([entry]);
      } catch (error) {
        if (error instanceof StoreError && error.reason !== 'other') throw error;
        log.error('the index refused a change', { error: String(error) });
      }
    }
  };

  const holds = (): boolean => deps.holds?.() === true;
  const flush = (): void => {
    const now = clock.nowMs();
    const beat = Math.abs(now - aliveMs) >= aliveEveryMs;
    if (entries.length === 0 && !beat) return;
    const list = entries;
    entries = [];
    growing.clear();
    try {
      try {
        store.together(() => {
          apply(list);
          store.setting.set(aliveKey, String(now));
        });
      } catch (error) {
        if (error instanceof StoreError && error.reason !== 'other') throw error;
        oneByOne(list);
      }
      aliveMs = now;
      if (trouble !== null) log.info('the index can be written again', { dropped });
      trouble = null;
      dropped = 0;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (trouble?.reason !== error.reason)
        log.error('the index cannot be written', { reason: error.reason, text: error.message });
      trouble = error;
      entries = [...list, ...entries];
    }
  };

  return {
    add(write) {
      growing.clear();
      push({ write });
    },
    grow(row) {
      const last = growing.get(row.streamId);
      if (last?.startMs === row.startMs) {
        last.endMs = row.endMs;
        last.bytes = row.bytes;
        return;
      }
      const growth = { ...row };
      growing.set(row.streamId, growth);
      push({ growth });
    },
    ...{ flush, holds },
    trouble: () => trouble,
    start() {
      timer ??= setInterval(() => {
        if (!holds()) flush();
      }, flushEveryMs);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      aliveMs = 0; // so that the last flush says when the station ended
      flush();
    },
  };
}
