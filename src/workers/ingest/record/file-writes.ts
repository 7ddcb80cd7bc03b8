/** Writes pieces of memory into a file: from where they lie, or past the page cache. */
import fs from 'node:fs';
import { directBlock, type DirectMemory, mostBytes } from './direct-memory.ts';

/** Told of everything that is handed to the system, in order, while the system writes it. */
export type Passing = (bytes: Uint8Array) => void;

/** An error as the system tells it. */
export const failure = (code: string, text: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: ${text}`), { code });

function writev(fd: number, pieces: Uint8Array[], position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.writev(fd, pieces, position, (error, written) => {
      if (error) reject(error);
      else resolve(written);
    });
  });
}

/** What is left of pieces after `count` bytes. */
function rest(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  let skip = count;
  const out: Uint8Array[] = [];
  for (const piece of pieces) {
    if (skip >= piece.length) skip -= piece.length;
    else {
      out.push(skip > 0 ? piece.subarray(skip) : piece);
      skip = 0;
    }
  }
  return out;
}

/** Writes the pieces from where they lie. Rejects with the system's error. */
export async function writeAll(
  fd: number,
  pieces: Uint8Array[],
  bytes: number,
  position: number,
  passing: Passing,
): Promise<void> {
  const first = writev(fd, pieces, position);
  for (const piece of pieces) passing(piece);
  let written = await first;
  while (written < bytes) {
    // A short write: what comes next tells why, e.g. ENOSPC.
    const more = await writev(fd, rest(pieces, written), position + written);
    if (more === 0) throw failure('EIO', 'the disk takes no more bytes');
    written += more;
  }
}

/** Writes buffers of whole blocks, one after the other. Rejects with the system's error. */
export async function writeBlocks(fd: number, buffers: Uint8Array[], bytes: number, position: number): Promise<void> {
  let written = 0;
  while (written < bytes) {
    // After a short write what comes next tells why; it begins on a block again.
    const from = written - (written % directBlock);
    const upTo = from + (await writev(fd, from === 0 ? buffers : rest(buffers, from), position + from));
    if (upTo <= written) throw failure('EIO', 'the disk takes no more bytes');
    written = upTo;
  }
}

/** Gathers the pieces in memory that the system can write from, and writes that. Rejects with the system's error. */
export async function writeDirect(
  fd: number,
  memory: DirectMemory,
  pieces: Uint8Array[],
  bytes: number,
  position: number,
  passing: Passing,
): Promise<void> {
  let piece = 0;
  let taken = 0;
  /** Fills `buffer` with what comes next; tells the bytes. */
  const fill = (buffer: Buffer): number => {
    let filled = 0;
    for (let next = pieces[piece]; next !== undefined && filled < buffer.length; next = pieces[piece]) {
      const part = Math.min(next.length - taken, buffer.length - filled);
      buffer.set(part === next.length ? next : next.subarray(taken, taken + part), filled);
      filled += part;
      taken += part;
      if (taken < next.length) break;
      piece += 1;
      taken = 0;
    }
    return filled;
  };
  for (let done = 0; done < bytes; ) {
    const part = Math.min(bytes - done, mostBytes);
    const lent = await memory.take(part);
    try {
      const filled = lent.map((buffer) => buffer.subarray(0, fill(buffer)));
      const writing = writeBlocks(fd, filled, part, position + done);
      for (const buffer of filled) passing(buffer);
      await writing;
    } finally {
      memory.give(lent);
    }
    done += part;
  }
}
