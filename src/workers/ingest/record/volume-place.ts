/**
 * The place of a volume and the folders in it. Each step of making a file waits for the thread to come round, which on a busy station
 * takes longer than what the disk does: so there are few steps, and what need not follow one another goes at the same time.
 */
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parseVolumeMark, volumeMarkName } from '#domain/volume.ts';
import { syncFolder } from '#lib/durable-file.ts';
import { failure } from './file-writes.ts';
import type { CallInTurn } from './volume-calls.ts';

const access = promisify(fs.access);
const open = promisify(fs.open);
const read = promisify(fs.read);
const close = promisify(fs.close);
const rmdir = promisify(fs.rmdir);
const mkdir = promisify(fs.mkdir);
const unlink = promisify(fs.unlink);

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Resolves when all are over, whatever became of them; rejects then with what the first of them in the list rejected with. */
export async function allOver(works: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(works)) if (outcome.status === 'rejected') throw outcome.reason;
}

/** Marks are much smaller; what is longer is none. */
const mostMarkBytes = 4096;

/** Two steps instead of the four of `readFile`: nobody waits for the closing. */
async function readMark(path: string, call: CallInTurn): Promise<string> {
  const fd = await call(() => open(path, 'r'));
  try {
    const { bytesRead, buffer } = await call(() => read(fd, Buffer.alloc(mostMarkBytes), 0, mostMarkBytes, 0));
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    call(() => close(fd)).catch(() => undefined); // it was read: nothing is lost with it
  }
}

/** So long a look at a volume's mark holds for what is going to be made: it is looked at again before anything counts as made. */
const looksHoldMs = 2_000;

/** Looks at the marks of volumes. One per thread. */
export function createVolumeLooks(monoMs: () => number = () => performance.now()) {
  const seen = new Map<string, number>();
  const key = (root: string, mark: string | undefined): string => `${mark ?? ''} ${root}`;

  const look = async (root: string, mark: string | undefined, call: CallInTurn): Promise<void> => {
    const atMs = monoMs();
    const path = join(root, volumeMarkName);
    try {
      if (mark === undefined) await call(() => access(path));
      else if (parseVolumeMark(await readMark(path, call))?.id !== mark)
        throw failure('ENODEV', 'another volume is in its place');
      seen.set(key(root, mark), atMs);
    } catch (error) {
      seen.delete(key(root, mark));
      throw error;
    }
  };

  return {
    /** Before a file is made: it was there a moment ago, or is now. Rejects with `ENOENT` (none) or `ENODEV` (another). */
    async expect(root: string, mark: string | undefined, call: CallInTurn): Promise<void> {
      const atMs = seen.get(key(root, mark));
      if (atMs === undefined || monoMs() - atMs >= looksHoldMs) await look(root, mark, call);
    },
    /**
     * The volume may have gone before the file was opened by its path: then the file lies in the folder that it is mounted on, and
     * behind it where it came back since. Rejects with `ENOENT` or `ENODEV` then. To be called when the file is open.
     */
    async expectWithin(root: string, mark: string | undefined, whole: string, call: CallInTurn): Promise<void> {
      await look(root, mark, call);
      await call(() => access(whole));
    },
  };
}

/** Takes a file back that was just made, and the folders that hold nothing then. */
export async function takeBack(root: string, whole: string, call: CallInTurn): Promise<void> {
  try {
    await call(() => unlink(whole));
    for (let at = dirname(whole); at.length > root.length; at = dirname(at)) await call(() => rmdir(at));
  } catch {
    // It is not to be seen from here, or a folder holds something: then it stays.
  }
}

type Folder = {
  made: Promise<void>;
  /** The folder itself outlasts a power cut; what is in it need not. */
  durable: Promise<void>;
};

/** Folders remembered as existing, at most. */
const maxKnown = 4096;

/** Makes the folders of files. One per thread: it remembers which are there. */
export function createFolders() {
  const known = new Map<string, Folder>();

  /** Makes what is missing of `folder` below `root`, from the top; answers from where on. */
  const makeMissing = async (root: string, folder: string, call: CallInTurn): Promise<string> => {
    const missing = [folder];
    for (let at = folder; ; ) {
      try {
        await call(() => mkdir(at, { mode: 0o750 }));
      } catch (error) {
        const above = dirname(at);
        if (codeOf(error) === 'ENOENT' && above.length > root.length) {
          missing.unshift(above);
          at = above;
          continue;
        }
        // Another thread was first.
        if (codeOf(error) !== 'EEXIST') throw error;
      }
      break;
    }
    for (const at of missing.slice(1)) {
      try {
        await call(() => mkdir(at, { mode: 0o750 }));
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
    }
    return missing[0] ?? folder;
  };

  const begin = (root: string, folder: string, call: CallInTurn): Folder => {
    const making = makeMissing(root, folder, call);
    const syncAll = async (): Promise<void> => {
      const top = await making;
      // One above is synced too: another thread may have made it, and not have synced it yet.
      const topmost = dirname(top).length > root.length ? dirname(top) : top;
      const holding: string[] = [];
      for (let at = folder; at.length >= topmost.length; at = dirname(at)) holding.push(dirname(at));
      await allOver(holding.map((at) => call(() => syncFolder(at))));
    };
    const durable = syncAll();
    const forget = (): void => {
      if (known.get(folder)?.durable === durable) known.delete(folder);
    };
    durable.catch(forget); // to be made, or synced, by who comes next
    return { made: making.then(() => undefined), durable };
  };

  return {
    /** Resolves when the folder is there, with `durable`. Rejects with the system's error. */
    async ensure(root: string, folder: string, call: CallInTurn): Promise<Folder> {
      let of = known.get(folder);
      if (of === undefined) {
        of = begin(root, folder, call);
        for (const oldest of known.keys()) {
          if (known.size < maxKnown) break;
          known.delete(oldest);
        }
        known.set(folder, of);
      }
      await of.made;
      return of;
    },
    /** Somebody removed it. */
    forget(folder: string): void {
      known.delete(folder);
    },
  };
}
