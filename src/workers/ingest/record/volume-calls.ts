/**
 * Never more than so many calls under way on one volume, the data folder's own aside. The threads that work files are those of the
 * whole process: a volume that hangs may keep its share of them, and no more.
 */
import { ownVolume } from '#domain/volume.ts';

/** Calls under way on one volume. While some wait the thread looks more often, so that few are enough. */
export const mostCalls = 8;

/**
 * What goes first where calls wait: what is recorded goes to disk before files are made for more of it, and those of main streams before
 * those of sub streams. A file that was begun is made before the next: all at the same time would all be late.
 */
export const callRanks = ['write', 'make-main', 'make-sub'] as const;
export type CallRank = (typeof callRanks)[number];

/** Makes one call of the system in its turn, and answers as it does. */
export type CallInTurn = <T>(call: () => Promise<T>) => Promise<T>;

export type VolumeCalls = {
  /**
   * How calls to a volume are made; absent: as to the own one, at once. Calls that make something have their place in the order of
   * asking for this, those that write in the order in which they are made.
   */
  to(volume: number | undefined, rank: CallRank): CallInTurn;
  /** Some wait for others to be over. */
  waiting(): boolean;
};

const atOnce: CallInTurn = (call) => call();

export function createVolumeCalls(): VolumeCalls {
  type Waiting = { place: number; go(): void };
  type Turns = { busy: number; waiting: Record<CallRank, Waiting[]> };
  const turns = new Map<number, Turns>();
  let waiting = 0;
  let lastPlace = 0;

  const nextOf = (turn: Turns): Waiting | undefined => {
    for (const rank of callRanks) {
      const queue = turn.waiting[rank];
      let first = 0;
      for (const [i, { place }] of queue.entries()) if (place < (queue[first]?.place ?? 0)) first = i;
      const [next] = queue.splice(first, 1);
      if (next !== undefined) return next;
    }
    return undefined;
  };

  return {
    to(volume, rank) {
      if (volume === undefined || volume === ownVolume) return atOnce;
      const asked = (lastPlace += 1);
      return async (call) => {
        let turn = turns.get(volume);
        if (turn === undefined)
          turns.set(volume, (turn = { busy: 0, waiting: { write: [], 'make-main': [], 'make-sub': [] } }));
        if (turn.busy < mostCalls) turn.busy += 1;
        else {
          const mine = Promise.withResolvers<null>();
          const place = rank === 'write' ? (lastPlace += 1) : asked;
          turn.waiting[rank].push({ place, go: () => mine.resolve(null) });
          waiting += 1;
          await mine.promise; // who ends hands its place over
          waiting -= 1;
        }
        try {
          return await call();
        } finally {
          const next = nextOf(turn);
          if (next === undefined) turn.busy -= 1;
          else next.go();
        }
      };
    },
    waiting: () => waiting > 0,
  };
}
