/** The volume of the recordings fails while the index lives on another disk. */
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { GapCause } from '#domain/gap.ts';
import { pauseMs } from '../station-process.ts';
import type { Fault, FaultResult, FaultRun } from './fault.ts';
import { run as shell, works } from './shell.ts';
import { createSite } from './site.ts';
import type { FaultSpan } from './site.ts';
import { createVirtualDisk, noVirtualDisk } from './virtual-disk.ts';
import type { VirtualDisk } from './virtual-disk.ts';

/** So long a fault of a disk lasts. */
const faultMs = 6_000;
const diskMib = 384;

/** Writes until nothing more fits. */
export function fill(path: string): void {
  const file = openSync(path, 'w');
  const block = Buffer.alloc(1 << 16, 1);
  try {
    for (let size = block.length; size >= 1; ) {
      try {
        if (writeSync(file, block, 0, size) === 0) size = Math.floor(size / 2);
      } catch {
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(file);
  }
}

async function noTmpfs(): Promise<string | null> {
  return (await works('unshare', '-m', 'sh', '-c', 'mount -t tmpfs -o size=1m vigie-try /mnt'))
    ? null
    : 'needs the right to mount a tmpfs';
}

async function onTmpfs(run: FaultRun, place: 'video' | 'data'): Promise<FaultResult> {
  const data = join(run.scratch, 'data');
  const mounted = place === 'data' ? data : join(data, 'video');
  mkdirSync(mounted, { recursive: true });
  await shell('mount', '-t', 'tmpfs', '-o', 'size=512m', 'vigie-faults', mounted);
  try {
    const site = await createSite(run, data);
    for (let n = 0; n < run.tries; n++)
      await site.attempt({
        causes: ['disk-full', 'station-off'],
        async fault() {
          const filler = join(mounted, 'filler');
          const beginMs = Date.now();
          // What Vigie makes room of by its rules is filled up again.
          for (const until = beginMs + faultMs; Date.now() < until; ) {
            fill(`${filler}-${Date.now()}`);
            await pauseMs(250);
          }
          const free = statfsSync(mounted).bavail;
          if (free > 16) run.say(`  ${free} blocks are free after all`);
          for (const name of readdirSync(mounted)) if (name.startsWith('filler-')) rmSync(join(mounted, name));
          return { beginMs, endMs: Date.now() };
        },
      });
    return site.result;
  } finally {
    await shell('umount', '-l', mounted);
  }
}

export const diskFull: Fault = {
  name: 'disk-full',
  what: 'the volume (a tmpfs) filled to the last byte by others, and emptied again',
  tries: 2,
  quickTries: 1,
  allowedMs: 1_000,
  lacking: noTmpfs,
  run: (run) => onTmpfs(run, 'video'),
};

export const dataFull: Fault = {
  name: 'data-full',
  what: 'the same with the index and everything else on it',
  tries: 2,
  quickTries: 1,
  allowedMs: 1_000,
  lacking: noTmpfs,
  run: (run) => onTmpfs(run, 'data'),
};

type Broken = { disk: VirtualDisk; video: string; run: FaultRun /** Number of the try, from 0. */; n: number };

/** A fault of a virtual disk that has the video alone. */
function diskFault(
  of: Pick<Fault, 'name' | 'what'> & {
    journal?: boolean;
    causes: GapCause[];
    /** It is one of two volumes, and all is recorded on it. */
    second?: boolean;
    allowedMs?: number;
  },
  fault: (broken: Broken) => Promise<FaultSpan>,
): Fault {
  const { name, what, journal = true, causes, second = false, allowedMs = 1_000 } = of;
  return {
    name,
    what,
    tries: 2,
    quickTries: 1,
    allowedMs,
    lacking: noVirtualDisk,
    async run(run) {
      const data = join(run.scratch, 'data');
      const video = second ? join(run.scratch, 'second') : join(data, 'video');
      const disk = await createVirtualDisk({ scratch: run.scratch, mib: diskMib, journal });
      try {
        await disk.attach(video);
        const site = await createSite(run, data, second ? video : null);
        for (let n = 0; n < run.tries; n++)
          await site.attempt({
            causes: [...causes, 'station-off'],
            fault: () => fault({ disk, video, run, n }),
          });
        return site.result;
      } finally {
        await disk.stop();
      }
    },
  };
}

/** Mounted anew, as a person does it. */
async function again(disk: VirtualDisk, video: string): Promise<number> {
  await disk.detach();
  await disk.plug();
  await disk.attach(video);
  return Date.now();
}

export const readOnly = diskFault(
  { name: 'read-only', what: 'the file system turns read-only; mounted anew', causes: ['disk-error'] },
  async ({ disk, video }) => {
    const beginMs = Date.now();
    await disk.abort();
    await pauseMs(faultMs);
    return { beginMs, endMs: await again(disk, video) };
  },
);

export const unmounted = diskFault(
  {
    name: 'unmounted',
    what: 'the volume is unmounted under the station (umount -l), the cameras connect anew meanwhile, and it is mounted again',
    causes: ['disk-error', 'camera-lost'],
  },
  async ({ disk, video, run }) => {
    const beginMs = Date.now();
    await disk.detach();
    await pauseMs(faultMs / 3);
    // What is open is still written, rightly. A new segment can be put nowhere.
    for (let camera = 1; camera <= run.cameras; camera++) await run.load.drop(camera);
    await pauseMs((2 * faultMs) / 3);
    const strays = readdirSync(video);
    if (strays.length > 0) throw new Error(`${strays.join(', ')} was written into the empty mount point`);
    await disk.attach(video);
    return { beginMs, endMs: Date.now() };
  },
);

export const unplugged = diskFault(
  { name: 'unplugged', what: 'the drive is pulled out, and plugged in again', causes: ['disk-error'] },
  async ({ disk, video }) => {
    const beginMs = Date.now();
    await disk.mood('dead');
    await disk.detach();
    await pauseMs(faultMs);
    return { beginMs, endMs: await again(disk, video) };
  },
);

export const errors = diskFault(
  {
    name: 'disk-errors',
    what: 'the drive refuses every write (EIO), and takes them again',
    journal: false,
    causes: ['disk-error'],
  },
  async ({ disk }) => {
    const beginMs = Date.now();
    await disk.mood('refuses-writes');
    await pauseMs(faultMs);
    await disk.mood('well');
    return { beginMs, endMs: Date.now() };
  },
);

/** Less and more than the 8 MiB that a stream may have waiting, at 2 Mbit/s. */
const stallsMs = [12_000, 45_000];

export const stalls = diskFault(
  {
    name: 'disk-stalls',
    what: `the drive answers nothing for ${stallsMs.map((ms) => ms / 1000).join(' s, then for ')} s`,
    causes: ['disk-slow'],
  },
  async ({ disk, n }) => {
    const beginMs = Date.now();
    await disk.mood('stalls');
    await pauseMs(stallsMs[n % stallsMs.length] ?? 0);
    await disk.mood('well');
    return { beginMs, endMs: Date.now() };
  },
);

export const volumeStalls = diskFault(
  {
    name: 'volume-stalls',
    what: 'one of two volumes answers nothing for 14 s, so that recording goes on on the other; nothing may be missing',
    causes: [],
    second: true,
    allowedMs: 0,
  },
  async ({ disk }) => {
    const beginMs = Date.now();
    await disk.mood('stalls');
    await pauseMs(14_000);
    await disk.mood('well');
    return { beginMs, endMs: Date.now() };
  },
);

export const volumeErrors = diskFault(
  {
    name: 'volume-errors',
    what: 'one of two volumes refuses every write (EIO) for 14 s, so that recording goes on on the other',
    journal: false,
    causes: ['disk-error'],
    second: true,
  },
  async ({ disk }) => {
    const beginMs = Date.now();
    await disk.mood('refuses-writes');
    await pauseMs(14_000);
    await disk.mood('well');
    return { beginMs, endMs: Date.now() };
  },
);
