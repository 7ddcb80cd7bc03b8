import type { RecordDisk } from '../record/disk.ts';
import type { Holds } from '../slab-pool.ts';

export type HeldDisk = RecordDisk & {
  /** A file is being made: many steps one after the other, each of which waits for this thread. */
  creating(): boolean;
  /** How many files were made, and writes are over, so far: while this grows the disk takes video. */
  done(): number;
};

/**
 * A disk that lets go of receive memory as soon as what lies in it is durable. Every piece of a unit is held once when a
 * recorder gets the unit, and written once; what a recorder drops or a disk refuses stays held and goes to the collector.
 */
export function createHeldDisk(disk: RecordDisk, holds: Holds): HeldDisk {
  let creating = 0;
  let done = 0;
  return {
    remove: disk.remove,
    waiting: () => disk.waiting(),
    taken(pieces) {
      for (const piece of pieces) holds.release(piece.buffer);
    },
    again(pieces) {
      for (const piece of pieces) holds.hold(piece.buffer);
    },
    creating: () => creating > 0,
    done: () => done,
    async create(root, path, head, large, place) {
      creating++;
      const file = await disk.create(root, path, head, large, place).finally(() => creating--);
      done++;
      return {
        block: file.block,
        sync: file.sync,
        truncate: (bytes) => file.truncate(bytes),
        sha256: () => file.sha256(),
        close: () => file.close(),
        async append(pieces, bytes, position) {
          await file.append(pieces, bytes, position);
          done++;
          for (const piece of pieces) holds.release(piece.buffer);
        },
      };
    },
  };
}
