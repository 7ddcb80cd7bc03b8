/**
 * Memory that the system can write from without a copy of its own (O_DIRECT). It must lie on a boundary that depends on the
 * disk; JavaScript cannot see addresses, so the boundary is found by trying.
 */

/** Offsets and lengths of direct writes are multiples of this: no file system or drive in use asks for more. */
export const directBlock = 4096;

export type DirectMemory = {
  /**
   * Buffers that hold `bytes` together (at most `mostBytes`), none of them shared, each of whole blocks. At once if so many are
   * free, else in the order of asking.
   */
  take(bytes: number): Promise<Buffer[]>;
  give(buffers: readonly Buffer[]): void;
  /** Somebody asked for more than is free. */
  waiting(): boolean;
};

const bufferBytes = 256 * 1024;
/**
 * Of one volume, so that a volume that hangs holds up no other. What is due goes out at one look, and should not wait for
 * another to be written: the thread hears of that after its next sleep only, and sleeps shortly while something waits. So there are
 * enough for 64 streams; those that were never needed are addresses without memory.
 */
const buffers = 128;
/** Most that is written in one call. */
export const mostBytes = 32 * bufferBytes;
/** What an allocator's memory begins with moves it by multiples of this. */
const grain = 16;
/** Where a page most likely begins: C libraries put 16 bytes before a large piece of memory. */
const likely = directBlock - grain;

/**
 * Finds memory that `accepts` takes: it is given one block that holds `content` and says whether the system wrote it.
 * Resolves with null when none is taken wherever it lies. Rejects with what `accepts` rejects with.
 */
export async function findDirectMemory(
  content: Uint8Array,
  accepts: (block: Buffer) => Promise<boolean>,
): Promise<DirectMemory | null> {
  const memory = Buffer.allocUnsafeSlow(buffers * bufferBytes + directBlock);
  for (let tries = 0; tries < directBlock / grain; tries += 1) {
    const offset = (likely + tries * grain) % directBlock;
    const block = memory.subarray(offset, offset + directBlock);
    block.set(content.subarray(0, directBlock));
    if (await accepts(block)) return share(memory.subarray(offset, offset + buffers * bufferBytes));
  }
  return null;
}

function share(memory: Buffer): DirectMemory {
  // The last given back is lent first: it is the one that is in memory.
  const idle = Array.from({ length: buffers }, (_, i) => memory.subarray(i * bufferBytes, (i + 1) * bufferBytes));
  const waiting: { count: number; resolve(lent: Buffer[]): void }[] = [];
  const lend = (): void => {
    for (let next = waiting[0]; next !== undefined && next.count <= idle.length; next = waiting[0]) {
      waiting.shift();
      next.resolve(idle.splice(-next.count));
    }
  };
  return {
    take(bytes) {
      const { promise, resolve } = Promise.withResolvers<Buffer[]>();
      waiting.push({ count: Math.max(1, Math.ceil(bytes / bufferBytes)), resolve });
      lend();
      return promise;
    },
    give(lent) {
      idle.push(...lent);
      lend();
    },
    waiting: () => waiting.length > 0,
  };
}
