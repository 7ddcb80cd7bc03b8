/**
 * Receive memory of one connection. Bytes are read one after the other into a slab; whole packets are taken from it in place;
 * when it is used up, only the part of a packet at its end is copied to the next. Pictures that point into a slab hold it
 * (`slab-pool.ts`).
 */
import { leastSlab, mostSlab, type SlabPool } from '../slab-pool.ts';

/** With less room than this a new slab begins: small reads cost more than a little waste. */
const leastRoom = 8 * 1024;

export type Slabs = {
  /** Where the next bytes go; at least 8 KiB. */
  room(): Buffer;
  /** `bytes` were put at the start of `room()`. `take` returns where the part begins that it could not use yet. */
  received(bytes: number, take: (buffer: Buffer, from: number, to: number) => number): void;
  release(): void;
};

export function createSlabs(monoMs: () => number, pool: SlabPool): Slabs {
  let size = leastSlab;
  let slab = pool.take(size);
  let taken = 0;
  let filled = 0;
  let since = monoMs();
  let released = false;

  function roll(): void {
    const rest = filled - taken;
    const now = monoMs();
    // about one slab a second, so that what a picture keeps alive is not much more than itself
    if (now - since < 700) size = Math.min(mostSlab, size * 2);
    else if (now - since > 3000) size = Math.max(leastSlab, size / 2);
    since = now;
    const next = pool.take(Math.max(size, rest * 2 + leastRoom));
    slab.copy(next, 0, taken, filled);
    pool.retire(slab);
    slab = next;
    taken = 0;
    filled = rest;
  }

  return {
    room() {
      // a read may still be under way when the connection was given up
      if (released) return Buffer.allocUnsafeSlow(leastRoom);
      if (slab.length - filled < leastRoom) roll();
      return slab.subarray(filled);
    },
    received(bytes, take) {
      if (released) return;
      filled += bytes;
      taken = take(slab, taken, filled);
    },
    release() {
      if (released) return;
      released = true;
      pool.retire(slab);
      slab = Buffer.alloc(0);
    },
  };
}
