/** Makes ids that sort by time: the ULID specification (github.com/ulid/spec), monotonic inside one process. */
import { getRandomValues } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * Returns a maker of ULIDs. Ids of one maker always sort in the order they were made, even within one millisecond and when
 * the clock is set back (the last id is then counted up instead).
 */
export function createUlids(nowMs: () => number): () => string {
  const chance = new Uint8Array(16); // one base-32 digit each: 80 bits
  let lastMs = -1;
  return () => {
    const now = nowMs();
    if (now > lastMs) {
      lastMs = now;
      getRandomValues(chance);
      for (let i = 0; i < 16; i++) chance[i] = (chance[i] ?? 0) & 31;
      chance[0] = (chance[0] ?? 0) & 15; // room to count up for 2^79 ids
    } else {
      for (let i = 15; i >= 0; i--) {
        const next = ((chance[i] ?? 0) + 1) & 31;
        chance[i] = next;
        if (next !== 0) break;
      }
    }
    let time = '';
    for (let t = lastMs, i = 0; i < 10; i++) {
      time = (alphabet[t % 32] ?? '0') + time;
      t = Math.floor(t / 32);
    }
    let tail = '';
    for (const digit of chance) tail += alphabet[digit] ?? '0';
    return time + tail;
  };
}
