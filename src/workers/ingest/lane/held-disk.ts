import type { RecordDisk } from '../record/disk.ts';
import type { Holds } from '../slab-pool.ts';

/** Remembers which pieces were given to recorders, and lets go of each when it is durable on disk. */
export type HeldDisk = {
  disk: RecordDisk;
  /** Before a piece is given to a recorder. */
  give(piece: Uint8Array): void;
};

export function createHeldDisk(disk: RecordDisk, holds: Holds): HeldDisk {
  const given = new WeakSet<Uint8Array>();
  return {
    give(piece) {
      if (given.has(piece)) return;
      given.add(piece);
      holds.hold(piece.buffer);
    },
    disk: {
      remove: disk.remove,
      async create(root, path, head) {
        const file = await disk.create(root, path, head);
        return {
          truncate: (bytes) => file.truncate(bytes),
          close: () => file.close(),
          async append(pieces, bytes, position) {
            await file.append(pieces, bytes, position);
            // only what is written: what failed may be tried again, and what is dropped goes to the collector
            for (const piece of pieces) if (given.delete(piece)) holds.release(piece.buffer);
          },
        };
      },
    },
  };
}
