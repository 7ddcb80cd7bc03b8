/**
 * The disk as a recorder sees it. Every write is durable when its promise resolves; `docs/storage.md` gives the order and the
 * reasons. Nothing here blocks the thread: each call is one operation of the thread pool wherever the system allows it.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { syncEveryMs, type SyncPolicy } from '#domain/volume.ts';
import { syncFolder } from '#lib/durable-file.ts';
import { directBlock, type DirectMemory, findDirectMemory } from './direct-memory.ts';
import { type Passing, writeAll, writeBlocks, writeDirect } from './file-writes.ts';
import { type CallInTurn, createVolumeCalls, type VolumeCalls } from './volume-calls.ts';
import { allOver, createFolders, createVolumeLooks, takeBack } from './volume-place.ts';

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
  /** These pieces, which are being written, are going to be written once more. */
  again(pieces: readonly Uint8Array[]): void;
  /** Removes a file that holds nothing. */
  remove(root: string, path: string, place?: RecordPlace): Promise<void>;
  /** Writes wait for others to be over: the sooner the thread hears of those, the better. */
  waiting(): boolean;
};

const open = promisify(fs.open);
const close = promisify(fs.close);
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

/** The real disk. One per worker: it remembers which folders are there. */
export function createRecordDisk({ calls = createVolumeCalls() }: { calls?: VolumeCalls } = {}): RecordDisk {
  const looks = createVolumeLooks();
  const folders = createFolders();

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
  const directFor = (
    root: string,
    head: Uint8Array,
    write: (block: Buffer) => Promise<void>,
  ): Promise<DirectMemory | null> => {
    const known = direct.get(root);
    if (known !== undefined) return known;
    const found = findDirectMemory(head, async (block) => {
      try {
        await write(block);
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

  type Making = { root: string; whole: string; head: Uint8Array; call: CallInTurn; forFolders: CallInTurn };

  const openNew = async ({ root, whole, call, forFolders }: Making, more: number): Promise<Opened> => {
    const folder = dirname(whole);
    let { durable } = await folders.ensure(root, folder, forFolders);
    try {
      return { fd: await call(() => open(whole, newFile | more, 0o640)), memory: null, durable };
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      folders.forget(folder); // somebody removed it meanwhile
      ({ durable } = await folders.ensure(root, folder, forFolders));
      return { fd: await call(() => open(whole, newFile | more, 0o640)), memory: null, durable };
    }
  };

  /** Opens for writing past the cache. Null where the volume does not take it; nothing is left of the file then. */
  const openDirect = async (making: Making, more: number): Promise<Opened | null> => {
    const { root, whole, head, call } = making;
    if (writesPastCache === 0 || (await direct.get(root)) === null) return null;
    let opened: Opened;
    try {
      opened = await openNew(making, writesPastCache | more);
    } catch (error) {
      if (codeOf(error) !== 'EINVAL') throw error;
      direct.set(root, Promise.resolve(null));
      await call(() => unlink(whole)).catch(() => undefined); // Linux makes the file before it refuses
      return null;
    }
    const { fd } = opened;
    let memory: DirectMemory | null = null;
    try {
      memory = await directFor(root, head, (block) => call(() => writeBlocks(fd, [block], block.length, 0)));
    } finally {
      if (memory === null) {
        await call(() => close(fd)).catch(() => undefined);
        await call(() => unlink(whole)).catch(() => undefined);
      }
    }
    return memory === null ? null : { ...opened, memory };
  };

  return {
    async create(root, path, head, large, place) {
      const whole = join(root, path);
      const folder = dirname(whole);
      const call = calls.to(place?.volume, large === true ? 'make-main' : 'make-sub');
      // Those of a main stream and of its sub stream are the same.
      const forFolders = calls.to(place?.volume, 'make-main');
      const making: Making = { root, whole, head, call, forFolders };
      await looks.expect(root, place?.mark, call);
      const policy = place?.sync ?? 'durable';
      const more = policy === 'durable' ? durableWrites : 0;
      const opened = (large === true ? await openDirect(making, more) : null) ?? (await openNew(making, more));
      const file = wrap(opened.fd, opened.memory, policy);
      try {
        // At the same time: each of these is several turns of the thread.
        await allOver([
          looks.expectWithin(root, place?.mark, whole, call),
          call(() => file.append([head], head.length, 0)),
          call(() => syncFolder(folder)),
          opened.durable,
        ]);
      } catch (error) {
        if (opened.memory !== null && codeOf(error) === 'EINVAL') direct.delete(root); // not as it was: to be tried anew
        folders.forget(folder);
        await takeBack(root, whole, call);
        await call(() => close(opened.fd)).catch(() => undefined); // the first error is the one to tell
        throw error;
      }
      return inTurns(file, calls.to(place?.volume, 'write'));
    },
    taken: () => undefined,
    again: () => undefined,
    remove: (root, path, place) => calls.to(place?.volume, 'write')(() => unlink(join(root, path))),
    waiting: () => calls.waiting() || [...memories.values()].some((memory) => memory.waiting()),
  };
}

/** `memory`: what is written from, past the page cache; null: through it. `durable`: its folder outlasts a power cut. */
type Opened = { fd: number; memory: DirectMemory | null; durable: Promise<void> };

const inTurns = (file: RecordFile, call: CallInTurn): RecordFile => {
  const { sync } = file;
  return {
    block: file.block,
    append: (pieces, bytes, position) => call(() => file.append(pieces, bytes, position)),
    truncate: (bytes) => call(() => file.truncate(bytes)),
    sha256: () => file.sha256(),
    sync: sync === null ? null : () => call(sync),
    close: () => call(() => file.close()),
  };
};
