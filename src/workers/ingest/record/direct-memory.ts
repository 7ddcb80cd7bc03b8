/**
 * Memory that the system can write from without a copy of its own (O_DIRECT). It must lie on a boundary that depends on the
 * disk; JavaScript cannot see addresses, so the boundary is found by trying.
 */

/** Offsets and lengths of direct writes are multiples of this: no file system or drive in use asks for more. */
export const directBlock = 4096;

export type DirectMemory = {
  /** One buffer of whole blocks, as soon as one is free. */
  take(): Promise<Buffer>;
  give(buffer: Buffer): void;
};

/** Buffers of one volume, so that a volume that hangs holds up no other. */
const buffers = 4;
/** Larger writes go out in parts. Memory that no write needed yet is not there yet. */
const bufferBytes = 1 << 20;
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
  const idle = Array.from({ length: buffers }, (_, i) => memory.subarray(i * bufferBytes, (i + 1) * bufferBytes));
  const waiting: ((buffer: Buffer) => void)[] = [];
  return {
    take() {
      const buffer = idle.pop();
      return buffer === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(buffer);
    },
    give(buffer) {
      const next = waiting.shift();
      if (next === undefined) idle.push(buffer);
      else next(buffer);
    },
  };
}
