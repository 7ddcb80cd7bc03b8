/**
 * A disk that never has more than so many calls under way on one volume, the data folder's own aside. The threads that work files are
 * those of the whole process: a volume that hangs may keep its share of them, and no more.
 */
import { ownVolume } from '#domain/volume.ts';
import type { RecordDisk, RecordPlace } from './disk.ts';

/** Calls under way on one volume. While some wait the thread looks more often, so that few are enough. */
export const mostCalls = 8;

export function createBoundedDisk(disk: RecordDisk): RecordDisk {
  const turns = new Map<number, { busy: number; waiting: (() => void)[] }>();
  let waiting = 0;

  const inTurn = async <T>(volume: number, work: () => Promise<T>): Promise<T> => {
    let turn = turns.get(volume);
    if (turn === undefined) turns.set(volume, (turn = { busy: 0, waiting: [] }));
    if (turn.busy >= mostCalls) {
      const mine = Promise.withResolvers<null>();
      turn.waiting.push(() => mine.resolve(null));
      waiting += 1;
      await mine.promise; // who ends hands its place over
      waiting -= 1;
    } else turn.busy += 1;
    try {
      return await work();
    } finally {
      const next = turn.waiting.shift();
      if (next === undefined) turn.busy -= 1;
      else next();
    }
  };
  const volumeOf = (place: RecordPlace | undefined): number | null =>
    place === undefined || place.volume === ownVolume ? null : place.volume;

  return {
    taken: (pieces) => {
      disk.taken(pieces);
    },
    remove: (root, path, place) => {
      const volume = volumeOf(place);
      return volume === null ? disk.remove(root, path) : inTurn(volume, () => disk.remove(root, path));
    },
    waiting: () => waiting > 0 || disk.waiting(),
    async create(root, path, head, large, place) {
      const volume = volumeOf(place);
      if (volume === null) return disk.create(root, path, head, large, place);
      const file = await inTurn(volume, () => disk.create(root, path, head, large, place));
      const { sync } = file;
      return {
        block: file.block,
        sync: sync === null ? null : () => inTurn(volume, sync),
        append: (pieces, bytes, position) => inTurn(volume, () => file.append(pieces, bytes, position)),
        truncate: (bytes) => inTurn(volume, () => file.truncate(bytes)),
        sha256: () => file.sha256(),
        close: () => inTurn(volume, () => file.close()),
      };
    },
  };
}
