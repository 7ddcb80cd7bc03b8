/**
 * Receive memory that is used again. Fresh memory for every second of every camera would make the garbage collector run
 * several times a second at a hundred cameras (measured: a fifth of all CPU). So whoever keeps a part of a slab by reference
 * says so and says when it lets go; a slab that its connection has left behind and that nobody holds is used for another.
 * Who forgets to let go costs memory that the collector takes back, nothing worse: such a slab is simply never used again.
 *
 * How many wait for use goes up and down, since streams let go together when the disk has taken what they held. A fixed bound on
 * that made a thread of 256 streams give memory back and ask for it again all the time, and each 16 MB of new memory have the
 * collector go through everything. So what waits is bounded by need: `trim` gives back what was never taken since the last time.
 */
export type Holds = {
  /** A part of this memory is kept. Memory that is no slab is ignored. */
  hold(memory: ArrayBufferLike): void;
  release(memory: ArrayBufferLike): void;
};

export type SlabPool = Holds & {
  /** A slab of at least `bytes`, a power of two from 32 to 512 KiB where that suffices. */
  take(bytes: number): Buffer;
  /** Its connection writes no more into it. */
  retire(slab: Buffer): void;
  /** Bytes that wait for use. */
  idleBytes(): number;
  /** Gives back to the system what has waited, unneeded, ever since this was asked for last. Wanted every some seconds. */
  trim(): void;
};

export const leastSlab = 32 * 1024;
export const mostSlab = 512 * 1024;

/** For who keeps nothing that needs watching. */
export const noHolds: Holds = { hold() {}, release() {} };

/** Of one size. `least`: so many have waited all the time since `trim`. */
type Idle = { list: Buffer[]; least: number };
type Slab = { memory: Buffer; holds: number; retired: boolean };

export function createSlabPool(): SlabPool {
  const known = new WeakMap<ArrayBufferLike, Slab>();
  const idle = new Map<number, Idle>();
  let idleBytes = 0;
  /** What was asked for last: most questions come several times in a row. */
  let lastMemory: ArrayBufferLike | null = null;
  let lastSlab: Slab | undefined;

  function find(memory: ArrayBufferLike): Slab | undefined {
    if (memory !== lastMemory) {
      lastMemory = memory;
      lastSlab = known.get(memory);
    }
    return lastSlab;
  }

  function free(slab: Slab): void {
    const { memory } = slab;
    if (!slab.retired || slab.holds > 0 || memory.length > mostSlab) return;
    slab.retired = false; // it is in the list once
    const of = idle.get(memory.length);
    if (of === undefined) idle.set(memory.length, { list: [memory], least: 0 });
    else of.list.push(memory);
    idleBytes += memory.length;
  }

  return {
    idleBytes: () => idleBytes,
    take(bytes) {
      let size = leastSlab;
      while (size < bytes) size *= 2;
      const of = idle.get(size);
      const again = of?.list.pop();
      if (of !== undefined && again !== undefined) {
        of.least = Math.min(of.least, of.list.length);
        idleBytes -= size;
        return again;
      }
      const memory = Buffer.allocUnsafeSlow(size);
      known.set(memory.buffer, { memory, holds: 0, retired: false });
      return memory;
    },
    retire(memory) {
      const slab = known.get(memory.buffer);
      if (slab === undefined) return;
      slab.retired = true;
      free(slab);
    },
    trim() {
      for (const [size, of] of idle) {
        // The newest are taken first: those that waited longest are at the start. Nobody holds them, so their memory goes back
        // at once (ECMA-262 25.1.6.8): the collector, which has little to do here, would leave it lying for long.
        for (const { buffer } of of.list.splice(0, of.least)) (buffer as ArrayBuffer).transfer(0);
        idleBytes -= of.least * size;
        of.least = of.list.length;
      }
    },
    hold(memory) {
      const slab = find(memory);
      if (slab !== undefined) slab.holds++;
    },
    release(memory) {
      const slab = find(memory);
      if (slab === undefined || slab.holds === 0) return;
      slab.holds--;
      if (slab.retired) free(slab);
    },
  };
}
