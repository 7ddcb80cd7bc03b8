/** What a run with many cameras uses up first: processors (and whose), the disk, or file handles. Linux. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { cpuSeconds, idleSeconds } from './process-usage.ts';

type Use = {
  atMs: number;
  station: number;
  sender: number;
  idle: number;
  /** ms that the disk had something to do; null: the system does not tell of this one. */
  diskMs: number | null;
  files: number;
  filesAllowed: number;
};

/** proc(5), /proc/diskstats: field 13 is the time in which a device had requests, ms. */
function diskBusyMs(dir: string): number | null {
  const { dev } = statSync(dir);
  // gnu_dev_major and gnu_dev_minor of glibc, as far as devices of today go.
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  for (const line of readFileSync('/proc/diskstats', 'utf8').split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (Number(fields[0]) === major && Number(fields[1]) === minor) return Number(fields[12]);
  }
  return null;
}

function useOf(of: { station: number; sender: number; dir: string }): Use {
  const limits = readFileSync(`/proc/${of.station}/limits`, 'utf8');
  return {
    atMs: performance.now(),
    station: cpuSeconds(of.station),
    sender: cpuSeconds(of.sender),
    idle: idleSeconds(),
    diskMs: diskBusyMs(of.dir),
    files: readdirSync(`/proc/${of.station}/fd`).length,
    filesAllowed: Number(/Max open files\s+(\d+)/.exec(limits)?.[1]),
  };
}

/** Begins to look; what it answers with tells, in a few words, what was used since then, and where it ends. */
export function watchUse(of: { station: number; sender: number; dir: string }): () => string {
  const before = useOf(of);
  return () => whereItEnds(before, useOf(of), availableParallelism());
}

const busy = 0.95;

function whereItEnds(from: Use, to: Use, cores: number): string {
  const seconds = (to.atMs - from.atMs) / 1000;
  const station = (to.station - from.station) / seconds;
  const sender = (to.sender - from.sender) / seconds;
  const idle = (to.idle - from.idle) / seconds;
  const others = Math.max(0, cores - idle - station - sender);
  const disk = to.diskMs === null || from.diskMs === null ? null : (to.diskMs - from.diskMs) / 1000 / seconds;
  const takers = [
    { who: 'the station', cores: station },
    { who: 'the server of the cameras', cores: sender },
    { who: 'other work on this machine', cores: others },
  ].sort((a, b) => b.cores - a.cores);
  const ends = [
    ...(to.files > to.filesAllowed * busy ? ['file handles'] : []),
    ...(idle < cores * (1 - busy) ? [`the processors, of which ${takers[0]?.who ?? ''} takes most`] : []),
    ...(disk !== null && disk > busy ? ['the disk'] : []),
  ];
  const told = takers.map((t) => `${t.who} ${t.cores.toFixed(2)}`).join(', ');
  return [
    `processors: ${told}, idle ${idle.toFixed(2)} of ${cores}`,
    `disk: ${disk === null ? 'the system does not tell' : `busy ${(disk * 100).toFixed(0)} % of the time`}`,
    `file handles: ${to.files} of ${to.filesAllowed}`,
    ends.length === 0 ? 'nothing was used up' : `it ends at ${ends.join(' and ')}`,
  ].join('; ');
}
