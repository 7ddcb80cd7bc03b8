/** How the index is closed at the end: what it was told is durable first, for as long as a slow disk is waited for. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '#lib/log.ts';
import type { Store } from './open-data.ts';

/** A disk that takes longer keeps what it has; what is missing of the last seconds is found in the files at the next start. */
const patienceMs = 20_000;

export type EndOfIndex = {
  /** What the index was told is being made durable. */
  writes(): boolean;
  /** The disk has not come back: the process cannot end by itself. */
  hanging(): boolean;
  close(): Promise<void>;
};

export function endOfIndex(store: Pick<Store, 'durable' | 'close'>, log: Log): EndOfIndex {
  let is: 'open' | 'writing' | 'closed' | 'left' = 'open';
  return {
    writes: () => is === 'writing',
    hanging: () => is === 'left',
    async close() {
      is = 'writing';
      const over = new AbortController();
      const late = delay(patienceMs, 'late' as const, { signal: over.signal }).catch(() => 'late' as const);
      const kept = store.durable().then(
        () => 'kept' as const,
        () => 'refused' as const, // told already
      );
      const how = await Promise.race([kept, late]);
      over.abort();
      if (how === 'late')
        log.warn('the disk with the data folder did not keep the last of what the index was told in time');
      store.close();
      is = how === 'late' ? 'left' : 'closed';
    },
  };
}
