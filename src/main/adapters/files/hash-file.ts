/** The SHA-256 of a file, piece by piece on the caller's thread: for a worker or a command that does nothing else. */
import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { errnoOf } from './data-folder-error.ts';

/** Large enough that the disk reads on, small enough that a limited rate is even. */
const pieceBytes = 1 << 20;
const block = 4096;
/** What an allocator puts before a large piece of memory moves it by multiples of this. */
const grain = 16;

export type FileHash = { sha256: string; bytes: number };
/** Yields the bytes of each piece read; returns null where there is no such file. Throws the system's error. */
export type Hashing = Generator<number, FileHash | null>;
export type FileHasher = (path: string) => Hashing;

const direct = process.platform === 'linux' ? constants.O_DIRECT : 0;

function openOrNull(path: string, flags: number): number | null {
  try {
    return openSync(path, flags);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/**
 * `sparing`: past the page cache where the system can, so that reading all video does not push out of memory what others need.
 * Memory must then lie on a boundary that JavaScript cannot see; it is found by trying.
 */
export function createFileHasher(sparing: boolean): FileHasher {
  const memory = Buffer.allocUnsafeSlow(pieceBytes + block);
  let buffer = memory.subarray(0, pieceBytes);
  /** null: not tried yet. */
  let fits: boolean | null = sparing && direct !== 0 ? null : false;

  const fit = (fd: number): boolean => {
    for (let offset = 0; offset < block; offset += grain) {
      const place = (block - grain + offset) % block;
      buffer = memory.subarray(place, place + pieceBytes);
      try {
        readSync(fd, buffer, 0, block, 0);
        return true;
      } catch (error) {
        if (errnoOf(error) !== 'EINVAL') throw error;
      }
    }
    return false;
  };

  const open = (path: string): number | null => {
    if (fits !== false) {
      try {
        const fd = openOrNull(path, constants.O_RDONLY | direct);
        if (fd === null) return null;
        try {
          fits ??= fit(fd);
        } catch (error) {
          closeSync(fd);
          throw error;
        }
        if (fits) return fd;
        closeSync(fd);
      } catch (error) {
        if (errnoOf(error) !== 'EINVAL') throw error;
        fits = false; // a file system that knows no such reading
      }
    }
    return openOrNull(path, constants.O_RDONLY);
  };

  return function* hashFile(path) {
    const fd = open(path);
    if (fd === null) return null;
    try {
      const hash = createHash('sha256');
      let bytes = 0;
      for (;;) {
        const got = readSync(fd, buffer, 0, pieceBytes, bytes);
        if (got === 0) break;
        hash.update(got === pieceBytes ? buffer : buffer.subarray(0, got));
        bytes += got;
        yield got;
        if (bytes % block !== 0) break; // the end: past the cache nothing can be read from here on
      }
      return { sha256: hash.digest('hex'), bytes };
    } finally {
      closeSync(fd);
    }
  };
}

/** Takes a hashing to its end at once. */
export function hashWhole(hashing: Hashing): FileHash | null {
  let step = hashing.next();
  while (step.done !== true) step = hashing.next();
  return step.value;
}
