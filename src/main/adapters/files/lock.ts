/**
 * One station per data folder. The lock is a small file that names its holder, because Node has no lock of the system's own
 * on all three systems, and it must work on network drives too. Who holds it is judged so:
 *
 * - holder on this machine, its process gone → stale, taken over at once;
 * - its process id is there and (Linux) began at the very moment that the lock says → alive;
 * - otherwise (the number may have been given to another program; another machine on a shared drive) → alive if the holder
 *   freshens the file while we watch.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Clock } from '#lib/clock.ts';
import { DataFolderError, errnoOf } from './data-folder-error.ts';

const Holder = z.object({
  nonce: z.string(),
  pid: z.number().int(),
  began: z.string().nullable(),
  machine: z.string(),
  host: z.string(),
  sinceMs: z.number(),
});
type Holder = z.infer<typeof Holder>;

export const lockName = 'vigie.lock';

export type Lock = {
  /** Gives the folder free. */
  release(): Promise<void>;
};

export type LockTiming = { freshenMs: number; watchMs: number };
const normalTiming: LockTiming = { freshenMs: 4000, watchMs: 10_000 };

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // not this system
  }
};

/** A field of proc(5) stat from the third on (Linux; the second may hold blanks); null where the system does not tell. */
function statField(pid: number | 'self', field: number): string | null {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return null;
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[field - 3] ?? null;
}

/** When a process began, in ticks since boot. */
const began = (pid: number | 'self'): string | null => statField(pid, 22);

/** Within which process numbers mean something: this boot of this machine, this container. */
function machine(): string {
  let space = '';
  try {
    space = readlinkSync('/proc/self/ns/pid');
  } catch {
    // not Linux: there is one space of process numbers
  }
  return `${hostname()} ${(read('/proc/sys/kernel/random/boot_id') ?? '').trim()} ${space}`.trim();
}

const pidLives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // Dead, but nobody has asked after it: a container whose first process buries no dead keeps it for ever.
    return statField(pid, 3) !== 'Z';
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
};

async function holderOf(path: string): Promise<Holder | 'none' | 'unreadable'> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'none';
    throw error;
  }
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    return 'unreadable'; // being written this moment, or cut off by a crash
  }
}

const modified = async (path: string): Promise<number | null> => {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
};

/** Whether somebody freshens the file within `watchMs`. */
async function freshened(path: string, watchMs: number): Promise<boolean> {
  const before = await modified(path);
  for (let waited = 0; waited < watchMs; waited += 100) {
    await wait(100);
    const now = await modified(path);
    if (now === null) return false;
    if (now !== before) return true;
  }
  return false;
}

async function lives(path: string, holder: Holder | 'unreadable', timing: LockTiming): Promise<boolean> {
  if (holder === 'unreadable') return freshened(path, Math.min(1000, timing.watchMs));
  if (holder.machine === machine()) {
    if (!pidLives(holder.pid)) return false;
    const since = began(holder.pid);
    if (since !== null && holder.began !== null) return since === holder.began;
  } else if (
    holder.host === hostname() &&
    holder.machine.includes(' ') &&
    bootOf(holder.machine) !== bootOf(machine())
  ) {
    return false; // this very machine, before it was started again
  }
  return freshened(path, timing.watchMs);
}

/** The boot id inside `machine()`; empty where the system tells none. */
const bootOf = (text: string): string => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(text)?.[0] ?? '';

/**
 * Takes the lock of a data folder. Throws `DataFolderError('in-use')` when another station holds it. `onLost` is told when
 * somebody else has taken it (this process hung for long): the station must end.
 */
export async function takeLock(
  folder: string,
  clock: Clock,
  onLost: () => void,
  timing: LockTiming = normalTiming,
): Promise<Lock> {
  const path = join(folder, lockName);
  const mine: Holder = {
    nonce: randomUUID(),
    pid: process.pid,
    began: began('self'),
    machine: machine(),
    host: hostname(),
    sinceMs: clock.nowMs(),
  };

  for (let tries = 0; ; tries += 1) {
    try {
      const file = await open(path, 'wx', 0o640);
      await file.writeFile(`${JSON.stringify(mine)}\n`).finally(() => file.close());
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
      const holder = await holderOf(path);
      if (holder === 'none') continue;
      if (tries >= 5 || (await lives(path, holder, timing))) throw inUse(folder, holder);
      await moveAside(path, holder);
      continue;
    }
    // Two that find a stale lock at once may both get here: the later one's file is the one that stays.
    if (tries > 0) await wait(150);
    const now = await holderOf(path);
    if (typeof now === 'object' && now.nonce === mine.nonce) break;
    if (tries >= 5) throw inUse(folder, now);
  }

  const timer = setInterval(() => {
    void freshen();
  }, timing.freshenMs);
  timer.unref();
  const freshen = async (): Promise<void> => {
    try {
      const now = await holderOf(path);
      if (typeof now === 'object' && now.nonce !== mine.nonce) {
        clearInterval(timer);
        onLost();
        return;
      }
      const seconds = clock.nowMs() / 1000;
      await utimes(path, seconds, seconds);
    } catch {
      // The drive is away for now; recording reports that, and the next round tries again.
    }
  };
  return {
    async release() {
      clearInterval(timer);
      const now = await holderOf(path);
      if (typeof now === 'object' && now.nonce === mine.nonce) await rm(path, { force: true });
    },
  };
}

/** Moves a stale lock out of the way; a lock that was renewed meanwhile is put back. */
async function moveAside(path: string, stale: Holder | 'unreadable'): Promise<void> {
  const aside = `${path}.${randomUUID().slice(0, 8)}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw error;
  }
  const moved = await holderOf(aside);
  const same =
    moved === stale || (typeof moved === 'object' && typeof stale === 'object' && moved.nonce === stale.nonce);
  if (same) await rm(aside, { force: true });
  else await rename(aside, path);
}

function inUse(folder: string, holder: Holder | 'none' | 'unreadable'): DataFolderError {
  const who =
    typeof holder === 'object'
      ? `process ${holder.pid} on ${holder.host}, since ${new Date(holder.sinceMs).toISOString()}`
      : 'another process';
  return new DataFolderError(
    'in-use',
    `Another station already works on the data folder ${folder} (${who}). Stop it, or start this one with --data and another folder.`,
  );
}
