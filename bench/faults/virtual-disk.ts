/** A drive that can be pulled out, stall, fail or lose its power, with a file system on it. Linux, root, FUSE and loop devices. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../station-process.ts';
import type { Honesty } from './disk-image.ts';
import type { DiskAnswer, DiskMood, DiskRequest, DiskSetup } from './disk-server.ts';
import { run, works } from './shell.ts';

export type VirtualDisk = {
  /** Mounts its file system on a folder, which is made if need be. */
  attach(folder: string): Promise<void>;
  /** Takes the mount away whoever uses it. What is open there stays open until its holder closes it. */
  detach(): Promise<void>;
  /** The file system turns read-only of itself, as it does when it finds itself damaged; only mounting it anew ends that. */
  abort(): Promise<void>;
  mood(mood: DiskMood): Promise<void>;
  /** The power fails right after so many more writes: see `DiskImage.cut`. The drive is dead until it is plugged in anew. */
  cut(afterWrites: number): Promise<{ atStake: number; kept: number }>;
  /** Plugged in, anew if it was before; what still uses it as it was gets errors for ever. */
  plug(): Promise<void>;
  stop(): Promise<void>;
};

/** Why this machine has no such drive; null: it has. */
export async function noVirtualDisk(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'needs root';
  if (!existsSync('/dev/fuse')) return 'needs FUSE (/dev/fuse)';
  if (!existsSync('/dev/loop-control')) return 'needs loop devices';
  if (!(await works('mkfs.ext4', '-V'))) return 'needs mkfs.ext4 (e2fsprogs)';
  return null;
}

/** `journal: false`: a file system that lives on after an error. */
export async function createVirtualDisk(options: {
  scratch: string;
  mib: number;
  honesty?: Honesty;
  journal?: boolean;
}): Promise<VirtualDisk> {
  const { scratch, mib, honesty = 'honest', journal = true } = options;
  const shown = join(scratch, 'drive');
  mkdirSync(shown, { recursive: true });
  const setup: DiskSetup = { mountPoint: shown, bytes: mib * 2 ** 20, honesty };
  const server = fork(new URL('disk-server.ts', import.meta.url), [JSON.stringify(setup)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = once(server, 'exit');
  const next = async (): Promise<DiskAnswer> => {
    const [message] = (await Promise.race([once(server, 'message'), gone.then(() => [null])])) as [DiskAnswer | null];
    if (message === null) throw new Error('The virtual disk ended by itself; the lines above may say why.');
    return message;
  };
  const ask = async (request: DiskRequest): Promise<DiskAnswer> => {
    const answer = next();
    server.send(request);
    return answer;
  };
  await next();
  let name = '';
  let folder: string | null = null;
  const file = (): string => join(shown, name);
  const plug = async (): Promise<void> => {
    const answer = await ask({ op: 'plug' });
    if (answer.op === 'plugged') ({ name } = answer);
  };
  const detach = async (): Promise<void> => {
    if (folder === null) return;
    if (!(await works('umount', folder))) await run('umount', '-l', folder);
    folder = null;
  };
  await plug();
  const features = journal ? ['-J', 'size=8'] : ['-O', '^has_journal'];
  const atOnce = 'nodiscard,lazy_itable_init=0,lazy_journal_init=0';
  await run('mkfs.ext4', '-q', '-F', '-b', '4096', '-m', '0', '-E', atOnce, ...features, file());
  return {
    plug,
    detach,
    async attach(to) {
      mkdirSync(to, { recursive: true });
      await run('mount', '-o', `loop,errors=${journal ? 'remount-ro' : 'continue'}`, file(), to);
      folder = to;
      if (existsSync(join(to, 'lost+found'))) rmdirSync(join(to, 'lost+found'));
    },
    async abort() {
      if (folder !== null) await run('mount', '-o', 'remount,abort', folder);
    },
    async mood(mood) {
      await ask({ op: 'mood', mood });
    },
    async cut(afterWrites) {
      const answer = await ask({ op: 'cut', afterWrites });
      if (answer.op !== 'cut') throw new Error('The virtual disk did not say what the cut did.');
      return answer;
    },
    async stop() {
      await ask({ op: 'mood', mood: 'dead' });
      await detach();
      await until('the loop device is free', async () => (await run('losetup', '-j', file())) === '', {
        limitMs: 10_000,
      }).catch(() => undefined);
      await run('umount', '-l', shown);
      server.kill('SIGKILL');
      await gone;
    },
  };
}
