/** What another process costs, as the kernel counts it. Linux only: the benches say so elsewhere. */
import { readFileSync, readdirSync } from 'node:fs';

/** Clock ticks a second of /proc/<pid>/stat; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

export function needLinux(): void {
  if (process.platform !== 'linux') throw new Error('This bench reads /proc and runs on Linux only.');
}

/** CPU seconds (user and system) that a process has used, all threads or the one given; proc(5), fields 14 and 15. */
export function cpuSeconds(pid: number, thread?: number): number {
  const stat = readFileSync(`/proc/${pid}${thread === undefined ? '' : `/task/${thread}`}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** CPU seconds (user and system) that the running children of a process have used, and what is left of those that ended; proc(5), fields 4 and 14 to 17. */
export function childrenSeconds(pid: number): number {
  let ticks = 0;
  for (const id of readdirSync('/proc')) {
    if (!/^\d+$/.test(id)) continue;
    let stat: string;
    try {
      stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    } catch {
      continue; // ended meanwhile
    }
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(fields[1]) === pid) ticks += Number(fields[11]) + Number(fields[12]);
    else if (Number(id) === pid) ticks += Number(fields[13]) + Number(fields[14]);
  }
  return ticks / ticksPerSecond;
}

/** The running children of a process: CPU seconds (user and system) so far, and what they were started as. */
export function childrenOf(pid: number): { pid: number; command: string; cpu: number }[] {
  const out: { pid: number; command: string; cpu: number }[] = [];
  for (const id of readdirSync('/proc')) {
    if (!/^\d+$/.test(id)) continue;
    try {
      const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(parent) !== pid) continue;
      const command = readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
      out.push({ pid: Number(id), command, cpu: cpuSeconds(Number(id)) });
    } catch {
      // ended meanwhile
    }
  }
  return out;
}

/** Seconds that the machine's processors have been idle, all together; proc(5), /proc/stat, field 4 of `cpu`, and 5 (waiting for a disk). */
export function idleSeconds(): number {
  const fields = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]?.split(' ') ?? [];
  return (Number(fields[3]) + Number(fields[4])) / ticksPerSecond;
}

/** Resident memory in MiB (VmRSS). */
export function residentMib(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}

/** CPU seconds by name of thread (those of one name together): where the time goes. */
export function threadSeconds(pid: number): Map<string, number> {
  const out = new Map<string, number>();
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    out.set(name, (out.get(name) ?? 0) + (Number(fields[11]) + Number(fields[12])) / ticksPerSecond);
  }
  return out;
}
