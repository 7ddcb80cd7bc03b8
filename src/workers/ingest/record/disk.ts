/**
 * The disk as a recorder sees it. Every write is durable when its promise resolves; `docs/storage.md` gives the order and the
 * reasons. Nothing here blocks the thread: each call is one operation of the thread pool wherever the system allows it.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parseVolumeMark, syncEveryMs, type SyncPolicy, volumeMarkName } from '#domain/volume.ts';
import { syncFolder } from '#lib/durable-file.ts';
import { directBlock, type DirectMemory, findDirectMemory, mostBytes } from './direct-memory.ts';

export type RecordFile = {
  /** Every append must end on a multiple of this; 1 where it does not matter. */
  block: number;
  /**
   * Writes the pieces one after the other from `position` on; durable afterwards, as far as its sync policy says so. Rejects with the
   * system's error code.
   */
  append(pieces: Uint8Array[], bytes: number, position: number): Promise<void>;
  /** Cuts the file off, durable afterwards. */
  truncate(bytes: number): Promise<void>;
  /**
   * SHA-256 of all that was appended, lower-case hex; asked for once, at the end. null where a write failed or the file was cut
   * off: what is in the file is then known only by reading it.
   */
  sha256(): string | null;
  /** Makes all that was appended durable; null: it is. */
  sync: (() => Promise<void>) | null;
  close(): Promise<void>;
};

/** Where a file lies; absent: on the own volume, each write durable. `mark`: the id that the volume must have. */
export type RecordPlace = { volume: number; mark?: string; sync?: SyncPolicy };

export type RecordDisk = {
  /**
   * Makes a new file holding `head`, with the folders between `root` and it. `root` itself must have the mark of a volume: where
   * it has none (`ENOENT`), a volume is missing, and nothing is written into its place, which may be the empty folder that it is
   * mounted on; where it has that of another (`ENODEV`), the wrong disk is there. File, content and entry are durable afterwards. Rejects with `EEXIST` for a file that is there. `large`: much is going to be appended; the file is then written past the page cache
   * where the system can (its `block` says so), for which `head` must have whole blocks of `directBlock`.
   */
  create(root: string, path: string, head: Uint8Array, large?: boolean, place?: RecordPlace): Promise<RecordFile>;
  /** What is in these pieces was copied: they are not going to be written themselves. */
  taken(pieces: readonly Uint8Array[]): void;
  /** Removes a file that holds nothing. */
  remove(root: string, path: string, place?: RecordPlace): Promise<void>;
  /** Writes wait for others to be over: the sooner the thread hears of those, the better. */
  waiting(): boolean;
};

const access = promisify(fs.access);
const rmdir = promisify(fs.rmdir);
const readFile = promisify(fs.readFile);
const open = promisify(fs.open);
const close = promisify(fs.close);
const mkdir = promisify(fs.mkdir);
const fsync = promisify(fs.fsync);
const fdatasync = promisify(fs.fdatasync);
const ftruncate = promisify(fs.ftruncate);
const unlink = promisify(fs.unlink);

/**
 * With O_DSYNC a write returns when it is durable: one trip to the thread pool instead of two, and a quarter less CPU than
 * write and fdatasync (0.24 against 0.32 ms per 250 KB on ext4). macOS only promises to have told the drive then, and Windows
 * has no such flag: there a flush follows each write.
 */
const writesAreDurable = process.platform === 'linux';
const newFile = fs.constants.O_CREAT | fs.constants.O_EXCL | fs.constants.O_WRONLY;
const durableWrites = writesAreDurable ? fs.constants.O_DSYNC : 0;

/**
 * Past the page cache: its pages would each be allocated, filled and given back for video that is read seldom, and in a
 * virtual machine whose memory is lent page by page that is most of what a write costs.
 */
const writesPastCache = writesAreDurable && typeof fs.constants.O_DIRECT === 'number' ? fs.constants.O_DIRECT : 0;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const failure = (code: string, text: string): NodeJS.ErrnoException =>
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

/** Told of everything that is handed to the system, in order, while the system writes it. */
type Passing = (bytes: Uint8Array) => void;

async function writeAll(
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

/** Writes buffers of whole blocks, one after the other. */
async function writeBlocks(fd: number, buffers: Uint8Array[], bytes: number, position: number): Promise<void> {
  let written = 0;
  while (written < bytes) {
    // After a short write what comes next tells why; it begins on a block again.
    const from = written - (written % directBlock);
    const upTo = from + (await writev(fd, from === 0 ? buffers : rest(buffers, from), position + from));
    if (upTo <= written) throw failure('EIO', 'the disk takes no more bytes');
    written = upTo;
  }
}

/** Gathers the pieces in memory that the system can write from, and writes that. */
async function writeDirect(
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

async function expectVolume(root: string, mark: string | undefined): Promise<void> {
  const path = join(root, volumeMarkName);
  if (mark === undefined) await access(path);
  else if (parseVolumeMark(await readFile(path, 'utf8'))?.id !== mark)
    throw failure('ENODEV', 'another volume is in its place');
}

/**
 * The volume may have gone between the look at its mark and the opening of a file by its path: then the file lies in the folder that
 * it is mounted on, and behind it where it came back since. Rejects with `ENOENT` or `ENODEV` then.
 */
async function expectWithin(root: string, mark: string | undefined, whole: string): Promise<void> {
  await expectVolume(root, mark);
  await access(whole);
}

/** Takes a file back that was just made, and the folders that hold nothing then. */
async function takeBack(root: string, whole: string): Promise<void> {
  try {
    await unlink(whole);
    for (let at = dirname(whole); at.length > root.length; at = dirname(at)) await rmdir(at);
  } catch {
    // It is not to be seen from here, or a folder holds something: then it stays.
  }
}

/** Folders remembered as existing, at most. */
const maxKnown = 4096;

/** The real disk. One per worker: it remembers which folders are there. */
export function createRecordDisk(): RecordDisk {
  const known = new Set<string>();

  /** Makes the folders of `path` below `root`, each durable in the one that holds it, before anything is put into it. */
  const ensureFolder = async (root: string, folder: string): Promise<void> => {
    if (known.has(folder)) return;
    const missing: string[] = [];
    for (let at = folder; at !== root && at.length > root.length; at = dirname(at)) missing.unshift(at);
    for (const at of missing) {
      try {
        await mkdir(at, { mode: 0o750 });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        continue;
      }
      await syncFolder(dirname(at));
    }
    if (known.size >= maxKnown) known.clear();
    known.add(folder);
  };

  const wrap = (fd: number, memory: DirectMemory | null, policy: SyncPolicy): RecordFile => {
    let syncedMs = performance.now();
    const sync = async (): Promise<void> => {
      syncedMs = performance.now();
      await fdatasync(fd);
    };
    const hash = createHash('sha256');
    const passing: Passing = (bytes) => {
      hash.update(bytes);
    };
    let size = 0;
    /** What was hashed is what the file holds. */
    let known = true;
    return {
      block: memory === null ? 1 : directBlock,
      async append(pieces, bytes, position) {
        const before = known && position === size;
        known = false;
        await (memory === null
          ? writeAll(fd, pieces, bytes, position, passing)
          : writeDirect(fd, memory, pieces, bytes, position, passing));
        size = position + bytes;
        known = before;
        if (
          policy === 'durable' ? !writesAreDurable : policy === 'timed' && performance.now() - syncedMs >= syncEveryMs
        )
          await sync();
      },
      async truncate(bytes) {
        known = false;
        await ftruncate(fd, bytes);
        await fsync(fd);
      },
      sha256: () => (known ? hash.digest('hex') : null),
      sync: policy === 'durable' ? null : sync,
      close: () => close(fd),
    };
  };

  /** By volume: what is written from there, or null where the volume takes no direct writes. */
  const direct = new Map<string, Promise<DirectMemory | null>>();
  const memories = new Map<string, DirectMemory>();

  /** Tries once per volume, with the head of the first file, from where the system can write. */
  const directFor = (root: string, fd: number, head: Uint8Array): Promise<DirectMemory | null> => {
    const known = direct.get(root);
    if (known !== undefined) return known;
    const found = findDirectMemory(head, async (block) => {
      try {
        await writeBlocks(fd, [block], block.length, 0);
        return true;
      } catch (error) {
        if (codeOf(error) === 'EINVAL') return false;
        throw error;
      }
    });
    direct.set(root, found);
    found.then(
      (memory) => memory !== null && memories.set(root, memory),
      () => direct.delete(root), // it did not tell: to be tried again
    );
    return found;
  };

  const openNew = async (root: string, whole: string, more: number): Promise<number> => {
    const folder = dirname(whole);
    await ensureFolder(root, folder);
    try {
      return await open(whole, newFile | more, 0o640);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      known.delete(folder); // somebody removed it meanwhile
      await ensureFolder(root, folder);
      return open(whole, newFile | more, 0o640);
    }
  };

  /** Opens for writing past the cache. Null where the volume does not take it; nothing is left of the file then. */
  const openDirect = async (
    root: string,
    whole: string,
    head: Uint8Array,
    more: number,
  ): Promise<{ fd: number; memory: DirectMemory } | null> => {
    if (writesPastCache === 0 || (await direct.get(root)) === null) return null;
    let fd: number;
    try {
      fd = await openNew(root, whole, writesPastCache | more);
    } catch (error) {
      if (codeOf(error) !== 'EINVAL') throw error;
      direct.set(root, Promise.resolve(null));
      await unlink(whole).catch(() => undefined); // Linux makes the file before it refuses
      return null;
    }
    let memory: DirectMemory | null = null;
    try {
      memory = await directFor(root, fd, head);
    } finally {
      if (memory === null) {
        await close(fd).catch(() => undefined);
        await unlink(whole).catch(() => undefined);
      }
    }
    return memory === null ? null : { fd, memory };
  };

  return {
    async create(root, path, head, large, place) {
      const whole = join(root, path);
      await expectVolume(root, place?.mark);
      const policy = place?.sync ?? 'durable';
      const more = policy === 'durable' ? durableWrites : 0;
      const opened = large === true ? await openDirect(root, whole, head, more) : null;
      const fd = opened?.fd ?? (await openNew(root, whole, more));
      const file = wrap(fd, opened?.memory ?? null, policy);
      try {
        await expectWithin(root, place?.mark, whole);
        await file.append([head], head.length, 0);
        await syncFolder(dirname(whole));
      } catch (error) {
        if (opened !== null && codeOf(error) === 'EINVAL') direct.delete(root); // not as it was: to be tried anew
        known.delete(dirname(whole));
        await takeBack(root, whole);
        await close(fd).catch(() => undefined); // the first error is the one to tell
        throw error;
      }
      return file;
    },
    taken: () => undefined,
    remove: (root, path) => unlink(join(root, path)),
    waiting: () => [...memories.values()].some((memory) => memory.waiting()),
  };
}
